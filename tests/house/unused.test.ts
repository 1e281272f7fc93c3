import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY, runTool, TemporaryFolder } from './repository.ts'

test('no file, export, dependency or catalog entry is unused', async () => {
  const { exitCode, output } = await runTool('knip', ['--no-progress'])
  expect(exitCode, output).toBe(0)
})

test('what nothing uses is found', async () => {
  await using project = await TemporaryFolder.create({
    'knip.jsonc': await readFile(join(REPOSITORY, 'knip.jsonc'), 'utf8'),
    'package.json': JSON.stringify({ name: 'seeded', private: true, type: 'module' }),
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\ncatalog:\n  zod: 1.0.0\n',
    'packages/perf-kit/package.json': JSON.stringify({
      name: 'kit',
      type: 'module',
      exports: './src/index.ts',
      dependencies: { mitata: '1.0.0' },
    }),
    'packages/perf-kit/src/index.ts': "export { used } from './parts.ts'\n",
    'packages/perf-kit/src/parts.ts': 'export const used = 1\nexport const unusedExport = 2\n',
    'packages/perf-kit/src/unused-file.ts': 'export const lonely = 1\n',
  })
  const { exitCode, stdout } = await runTool('knip', ['--no-progress', '--no-config-hints'], { cwd: project.path })
  expect(exitCode).toBe(1)
  for (const found of ['unused-file.ts', 'unusedExport', 'mitata', 'zod']) expect(stdout).toContain(found)
})
