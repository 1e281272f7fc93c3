import { PerfKitError } from '../errors/index.ts'
import { loadZod, parseDocument, type Run, toRun } from '../run/index.ts'
import { type BenchReport, benchReportSchema, REPORT_SCHEMA_NAME, REPORT_SCHEMA_VERSION } from './report-document.ts'
import { visibleText } from './visible-text.ts'

/** What `--json` of a command printed, read again. */
export type StoredDocument =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'bench-report'; readonly report: BenchReport }

/**
 * Read a Run or a report of benchmarks from its JSON text.
 *
 * @param where - the file's path, for the message
 * @throws {PerfKitError} `RUN_INVALID` when it is neither
 */
export function parseStored(text: string, where: string): StoredDocument {
  const document = parseDocument(text, where)
  const header = headerOf(document)
  if (header.schema === REPORT_SCHEMA_NAME) return { kind: 'bench-report', report: toReport(document, header, where) }
  if (typeof header.schema === 'string' && header.schema !== 'perf-kit/run') {
    throw new PerfKitError('RUN_INVALID', `${where} is a ${visibleText(header.schema)}, not a Run`, {
      where,
      remedy: 'Give a file that perf-kit load --json or perf-kit bench --json has printed.',
    })
  }
  return { kind: 'run', run: toRun(document, where) }
}

interface Header {
  readonly schema?: unknown
  readonly schemaVersion?: unknown
}

function headerOf(document: unknown): Header {
  return typeof document === 'object' && document !== null ? document : {}
}

function toReport(document: unknown, { schemaVersion }: Header, where: string): BenchReport {
  if (typeof schemaVersion === 'number' && schemaVersion > REPORT_SCHEMA_VERSION) {
    const problem = `has schema version ${schemaVersion}, and this perf-kit reads version ${REPORT_SCHEMA_VERSION}: a newer perf-kit wrote it`
    throw new PerfKitError('RUN_INVALID', `${where} ${problem}`, { where, remedy: 'Update perf-kit.' })
  }
  const parsed = benchReportSchema().safeParse(document)
  if (parsed.success) return parsed.data
  const detail = loadZod().prettifyError(parsed.error)
  throw new PerfKitError('RUN_INVALID', `${where} is not a report of benchmarks:\n${detail}`, {
    where,
    cause: parsed.error,
    remedy: 'Make it again with --json, or restore it from version control.',
  })
}
