/**
 * Everything that can go wrong, by name. The name is stable: scripts may match on it.
 * `exitCodeOf` maps each to the command line's exit code.
 */
export type ErrorCode =
  // the user's words: flags, config, names
  | 'CONFIG_INVALID'
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_UNREADABLE'
  | 'NO_SUCH_BENCHMARK'
  | 'URL_INVALID'
  | 'REQUEST_INVALID'
  | 'LOAD_INVALID'
  | 'LOAD_FILE_INVALID'
  | 'TARGET_REMOTE'
  | 'RUN_NOT_FOUND'
  | 'REPORT_UNSUPPORTED'
  | 'REPORT_PATH_INVALID'
  // load
  | 'TARGET_NOT_STARTED'
  | 'AGENT_FAILED'
  | 'LOAD_FAILED'
  | 'ENGINE_MISSING'
  // soaks
  | 'NO_SUCH_SCENARIO'
  | 'SOAK_FILE_INVALID'
  | 'SOAK_RECORD_INVALID'
  // benchmark files
  | 'BENCH_FILE_INVALID'
  | 'BENCH_DUPLICATE'
  | 'BENCH_FAILED'
  // forks
  | 'FORK_TIMEOUT'
  | 'FORK_EXITED'
  | 'FORK_OUT_OF_MEMORY'
  | 'FORK_PROTOCOL'
  // git and the other side of a comparison
  | 'GIT_UNAVAILABLE'
  | 'GIT_NO_SUCH_REF'
  | 'SNAPSHOT_FAILED'
  | 'PREPARE_FAILED'
  // heap snapshots
  | 'HEAP_FILE_INVALID'
  | 'HEAP_SNAPSHOT_INVALID'
  | 'HEAP_SNAPSHOT_TOO_LARGE'
  | 'HEAP_SNAPSHOTS_UNRELATED'
  // stored documents
  | 'RUN_INVALID'
  | 'BASELINE_CORRUPT'
  | 'BASELINE_VERSION'
  | 'BASELINE_LOCKED'
  | 'BASELINE_REFUSED'
  | 'STORE_UNWRITABLE'
  // numbers
  | 'EMPTY_SAMPLE'
  | 'NOT_FINITE'
  | 'OUT_OF_RANGE'
  | 'INTERRUPTED'

export interface PerfKitErrorOptions {
  /** What to do about it: one imperative sentence, shown to the user after the message. */
  readonly remedy: string
  /** Where, when it is the user's file: `path` or `path:line`. */
  readonly where?: string
  readonly cause?: unknown
}

/**
 * The one error that this package throws on purpose: what happened, where, and what to do.
 * A failed request, a doubt about a statistic or a broken budget is not an error; see docs/architecture.md.
 */
export class PerfKitError extends Error {
  override readonly name = 'PerfKitError'
  readonly code: ErrorCode
  readonly remedy: string
  readonly where: string | undefined

  constructor(code: ErrorCode, message: string, options: PerfKitErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = options.remedy
    this.where = options.where
  }
}
