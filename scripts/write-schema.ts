/** `pnpm schema`: write the JSON Schema of a Run, which the package publishes, from the schema that the code checks. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RUN_SCHEMA_FILE, renderRunSchema } from './run-schema.ts'

await mkdir(dirname(RUN_SCHEMA_FILE), { recursive: true })
await writeFile(RUN_SCHEMA_FILE, renderRunSchema())
