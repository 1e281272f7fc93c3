import { type ErrorCode, PerfKitError } from '../errors/index.ts'
import { lazySchema, loadZod, parseJsonSafely } from '../run/index.ts'
import { BASELINE_SCHEMA_VERSION, type BaselineDocument, baselineDocumentSchema } from './baseline-document.ts'

const RESTORE = 'Restore it from version control, or delete it and accept a new baseline.'

const headerSchema = lazySchema((z) =>
  z.object({ schema: z.literal('perf-kit/baseline'), schemaVersion: z.int().positive() }),
)

/** What a file says it is must be what its place says, or a copied file would judge another machine. */
export interface BaselinePlace {
  readonly suite: string
  readonly environmentId: string
}

/**
 * Read a baseline from the text of its file.
 *
 * @throws {PerfKitError} `BASELINE_CORRUPT`, `BASELINE_VERSION`, or `BASELINE_REFUSED` when it belongs elsewhere
 */
export function parseBaseline(text: string, file: string, place: BaselinePlace): BaselineDocument {
  const json = parseText(text, file)
  checkVersion(json, file)
  const parsed = baselineDocumentSchema().safeParse(json)
  if (!parsed.success) {
    throw refuse(
      'BASELINE_CORRUPT',
      file,
      `is not a baseline:\n${loadZod().prettifyError(parsed.error)}`,
      RESTORE,
      parsed.error,
    )
  }
  checkPlace(parsed.data, file, place)
  return parsed.data
}

function parseText(text: string, file: string): unknown {
  try {
    return parseJsonSafely(text, file)
  } catch (cause) {
    if (cause instanceof PerfKitError) {
      throw new PerfKitError('BASELINE_CORRUPT', cause.message, { where: file, remedy: cause.remedy, cause })
    }
    if (/^(?:<{7} |={7}$|>{7} )/m.test(text)) {
      const remedy = 'Finish the merge: keep one of the two versions of each line between the markers, and no marker.'
      throw refuse('BASELINE_CORRUPT', file, 'holds the conflict markers of an unfinished merge', remedy, cause)
    }
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw refuse('BASELINE_CORRUPT', file, `is cut off or damaged: ${detail}`, RESTORE, cause)
  }
}

function checkVersion(json: unknown, file: string): void {
  const header = headerSchema().safeParse(json)
  if (!header.success) {
    throw refuse(
      'BASELINE_CORRUPT',
      file,
      `is not a baseline:\n${loadZod().prettifyError(header.error)}`,
      RESTORE,
      header.error,
    )
  }
  const { schemaVersion } = header.data
  if (schemaVersion === BASELINE_SCHEMA_VERSION) return
  const found = `has schema version ${schemaVersion}, and this perf-kit reads version ${BASELINE_SCHEMA_VERSION}`
  throw schemaVersion > BASELINE_SCHEMA_VERSION
    ? refuse('BASELINE_VERSION', file, `${found}: a newer perf-kit wrote it`, 'Update perf-kit.')
    : refuse('BASELINE_VERSION', file, `${found}: an older perf-kit wrote it`, 'Delete it and accept a new baseline.')
}

function checkPlace(document: BaselineDocument, file: string, place: BaselinePlace): void {
  const remedy = 'Move it back to where it was made; accept a baseline of this environment with its own numbers.'
  if (document.environment.id !== place.environmentId) {
    const problem = `was made in the environment ${document.environment.id} and lies in the folder of ${place.environmentId}`
    throw refuse('BASELINE_REFUSED', file, problem, remedy)
  }
  if (document.suite !== place.suite) {
    throw refuse('BASELINE_REFUSED', file, `holds the suite "${document.suite}", not "${place.suite}"`, remedy)
  }
}

function refuse(code: ErrorCode, file: string, problem: string, remedy: string, cause?: unknown): PerfKitError {
  return new PerfKitError(code, `${file} ${problem}`, { where: file, remedy, cause })
}
