import type { ErrorCode } from './perf-kit-error.ts'

/** Exit codes of the command line, by cause, so that CI can tell a regression from a broken machine. */
export const EXIT = {
  ok: 0,
  /** a regression, a broken budget or a leak */
  regression: 1,
  /** usage or configuration */
  usage: 2,
  /** the target or the measurement failed, or the run is invalid */
  measurement: 3,
  inconclusive: 4,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const USAGE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CONFIG_INVALID',
  'CONFIG_NOT_FOUND',
  'CONFIG_UNREADABLE',
  'NO_SUCH_BENCHMARK',
  'NO_SUCH_SCENARIO',
  'SOAK_FILE_INVALID',
  'SOAK_RECORD_INVALID',
  'URL_INVALID',
  'REQUEST_INVALID',
  'LOAD_INVALID',
  'LOAD_FILE_INVALID',
  'HEAP_FILE_INVALID',
  'TARGET_REMOTE',
  'RUN_NOT_FOUND',
  'REPORT_UNSUPPORTED',
  'REPORT_PATH_INVALID',
  'GIT_NO_SUCH_REF',
  'BASELINE_REFUSED',
])

export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === 'INTERRUPTED') return EXIT.interrupted
  return USAGE_CODES.has(code) ? EXIT.usage : EXIT.measurement
}
