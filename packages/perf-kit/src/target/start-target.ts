import type { TargetEnd } from './end-watch.ts'
import type { LimitSnapshot } from './limit-snapshots.ts'
import type { TargetAgent } from './target-agent.ts'
import type { TargetExit } from './target-end.ts'
import type { TargetOptions } from './target-options.ts'
import { TargetProcess } from './target-process.ts'

/** A process that was started to be measured, with all that it starts itself. */
export interface StartedProcess {
  readonly pid: number
  /** what its log said in the pattern's first group, if it has one */
  readonly url: string | undefined
  /** resolves when it has ended, whoever ended it */
  readonly exit: Promise<TargetExit>
  readonly hasEnded: boolean
  /** the last of what it wrote, to either stream */
  readonly outputTail: string
  /** what looks inside, if that was wished and can be done */
  readonly agent: TargetAgent | undefined
  /** why nothing does, although it was wished */
  readonly withoutAgent: string | undefined
  /** ask it to end (SIGTERM), wait, then end it and all that is left of what it started */
  readonly stop: () => Promise<TargetExit>
  /** how it came to its end, if it has: why, and by which of its last words that is known */
  readonly explainEnd: () => Promise<TargetEnd | undefined>
  /** heap snapshots that V8 has written when the heap came near its limit, because it was asked to */
  readonly limitSnapshots: () => Promise<readonly LimitSnapshot[]>
}

/**
 * Start a process, and wait until it can be asked. If it cannot, nothing of it is left.
 *
 * @throws {PerfKitError} `TARGET_NOT_STARTED` when there is no such program, when it ends or is not ready in time;
 * `INTERRUPTED` when the signal says so
 */
export async function startTarget(options: TargetOptions): Promise<StartedProcess> {
  return await TargetProcess.start(options)
}
