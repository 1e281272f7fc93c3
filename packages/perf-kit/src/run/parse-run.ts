import { PerfKitError } from '../errors/index.ts'
import { parseJsonSafely } from './json.ts'
import { lazySchema, loadZod } from './lazy-schema.ts'
import { RUN_SCHEMA_VERSION, type Run, runSchema } from './run.ts'

const headerSchema = lazySchema((z) => z.object({ schema: z.literal('perf-kit/run'), schemaVersion: z.int() }))

/**
 * Read a Run from its JSON text.
 *
 * @param where - the file's path, for the message
 * @throws {PerfKitError} `RUN_INVALID` when it is no JSON, of another schema version, or breaks the schema
 */
export function parseRun(text: string, where: string): Run {
  return toRun(parseDocument(text, where), where)
}

/**
 * Read the JSON of a stored document, whichever it is.
 *
 * @throws {PerfKitError} `RUN_INVALID` when it is empty or no JSON
 */
export function parseDocument(text: string, where: string): unknown {
  if (text.trim() === '') throw invalid(where, 'is empty', undefined)
  try {
    return parseJsonSafely(text, where)
  } catch (cause) {
    if (cause instanceof PerfKitError) throw cause
    throw invalid(where, `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

/** @throws {PerfKitError} `RUN_INVALID` when the document is no Run, or of another schema version */
export function toRun(document: unknown, where: string): Run {
  const header = headerSchema().safeParse(document)
  if (header.success) checkVersion(header.data.schemaVersion, where)
  const parsed = runSchema().safeParse(document)
  if (!parsed.success) throw invalid(where, `is not a Run:\n${loadZod().prettifyError(parsed.error)}`, parsed.error)
  return parsed.data
}

function checkVersion(schemaVersion: number, where: string): void {
  if (schemaVersion === RUN_SCHEMA_VERSION) return
  const isNewer = schemaVersion > RUN_SCHEMA_VERSION
  const problem = `has schema version ${schemaVersion}, and this perf-kit reads version ${RUN_SCHEMA_VERSION}: ${isNewer ? 'a newer' : 'an older'} perf-kit wrote it`
  throw new PerfKitError('RUN_INVALID', `${where} ${problem}`, {
    where,
    remedy: isNewer ? 'Update perf-kit.' : 'Measure it again.',
  })
}

function invalid(where: string, problem: string, cause: unknown): PerfKitError {
  return new PerfKitError('RUN_INVALID', `${where} ${problem}`, {
    where,
    cause,
    remedy: 'Make it again with --json, or restore it from version control.',
  })
}
