import { resolve } from 'node:path'
import { runJsonSchema } from '../packages/perf-kit/src/run/index.ts'

export const RUN_SCHEMA_FILE = resolve(import.meta.dirname, '../packages/perf-kit/schema/run.schema.json')

export function renderRunSchema(): string {
  return `${JSON.stringify(runJsonSchema(), null, 2)}\n`
}
