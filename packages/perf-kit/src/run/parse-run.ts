import { PerfKitError } from '../errors/index.ts'
import { parseJsonSafely } from './json.ts'
import { loadZod } from './lazy-schema.ts'
import { type Run, runSchema } from './run.ts'

/**
 * Read a Run from its JSON text.
 *
 * @param where - the file's path, for the message
 * @throws {PerfKitError} `RUN_INVALID` when it is no JSON, of another schema version, or breaks the schema
 */
export function parseRun(text: string, where: string): Run {
  let document: unknown
  try {
    document = parseJsonSafely(text, where)
  } catch (cause) {
    if (cause instanceof PerfKitError) throw cause
    throw invalid(where, `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  const parsed = runSchema().safeParse(document)
  if (!parsed.success) throw invalid(where, `is not a Run:\n${loadZod().prettifyError(parsed.error)}`, parsed.error)
  return parsed.data
}

function invalid(where: string, problem: string, cause: unknown): PerfKitError {
  return new PerfKitError('RUN_INVALID', `${where} ${problem}`, {
    where,
    cause,
    remedy: 'Make it again with --json, or restore it from version control.',
  })
}
