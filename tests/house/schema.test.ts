import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { RUN_SCHEMA_FILE, renderRunSchema } from '../../scripts/run-schema.ts'

test('the published schema is the one that the code checks (else: pnpm schema)', async () => {
  expect(await readFile(RUN_SCHEMA_FILE, 'utf8')).toBe(renderRunSchema())
})
