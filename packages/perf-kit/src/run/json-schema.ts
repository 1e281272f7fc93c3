import { loadZod } from './lazy-schema.ts'
import { runSchema } from './run.ts'

/** The published JSON Schema of a Run (draft 2020-12), as `schema/run.schema.json` holds it. */
export function runJsonSchema(): Record<string, unknown> {
  const schema = loadZod().toJSONSchema(runSchema(), { target: 'draft-2020-12' })
  return { ...schema, title: 'perf-kit Run' }
}
