import type { z } from 'zod'
import { PerfKitError } from '../errors/index.ts'
import { loadZod, parseDocument, type Run, toRun } from '../run/index.ts'
import {
  LOAD_REPORT_SCHEMA_NAME,
  LOAD_REPORT_SCHEMA_VERSION,
  type LoadReport,
  loadReportSchema,
} from './load-report.ts'
import { type BenchReport, benchReportSchema, REPORT_SCHEMA_NAME, REPORT_SCHEMA_VERSION } from './report-document.ts'
import { visibleText } from './visible-text.ts'

/** What `--json` of a command printed, read again. */
export type StoredDocument =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'bench-report'; readonly report: BenchReport }
  | { readonly kind: 'load-report'; readonly report: LoadReport }

/**
 * Read a Run, or a report of benchmarks or of a load's repetitions, from its JSON text.
 *
 * @param where - the file's path, for the message
 * @throws {PerfKitError} `RUN_INVALID` when it is none of them
 */
export function parseStored(text: string, where: string): StoredDocument {
  const document = parseDocument(text, where)
  const header = headerOf(document)
  if (header.schema === REPORT_SCHEMA_NAME) {
    checkVersion(header, REPORT_SCHEMA_VERSION, where)
    return { kind: 'bench-report', report: toReport(benchReportSchema(), document, where, 'a report of benchmarks') }
  }
  if (header.schema === LOAD_REPORT_SCHEMA_NAME) {
    checkVersion(header, LOAD_REPORT_SCHEMA_VERSION, where)
    return { kind: 'load-report', report: toReport(loadReportSchema(), document, where, 'a report of a load') }
  }
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

function checkVersion({ schemaVersion }: Header, known: number, where: string): void {
  if (typeof schemaVersion !== 'number' || schemaVersion <= known) return
  const problem = `has schema version ${schemaVersion}, and this perf-kit reads version ${known}: a newer perf-kit wrote it`
  throw new PerfKitError('RUN_INVALID', `${where} ${problem}`, { where, remedy: 'Update perf-kit.' })
}

function toReport<Report>(schema: z.ZodType<Report>, document: unknown, where: string, what: string): Report {
  const parsed = schema.safeParse(document)
  if (parsed.success) return parsed.data
  throw new PerfKitError('RUN_INVALID', `${where} is not ${what}:\n${loadZod().prettifyError(parsed.error)}`, {
    where,
    cause: parsed.error,
    remedy: 'Make it again with --json, or restore it from version control.',
  })
}
