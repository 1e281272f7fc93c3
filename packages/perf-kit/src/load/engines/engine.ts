import type { LoadResult } from '../load-result.ts'

/** Drives one load, once, and counts what comes of it: of every engine's counts the same Run is made. */
export interface LoadEngine {
  /** What is known so far; complete when `run` has resolved. */
  readonly result: LoadResult
  /**
   * The whole load, until its last answer or timeout; told to end before, it resolves with what is known. Nothing that it has
   * started is left when it resolves or rejects.
   *
   * @throws {PerfKitError} `ENGINE_MISSING`, `LOAD_FAILED` when the engine ends by itself, hangs, or tells what cannot be read,
   * `TARGET_REMOTE` when a name leads elsewhere
   */
  run(signal?: AbortSignal): Promise<LoadResult>
}
