import type { AgentSample } from './agent/messages.ts'
import type { TargetAgent } from './target-agent.ts'

const NS_PER_MS = 1e6
/** A target that stands still at the end is not waited for longer than this. */
const LAST_SAMPLE_MS = 2_000

export interface WatchTimes {
  /** the first sample's time, on the clock of `process.hrtime`; may have passed */
  readonly fromNs: number
  readonly everyNs: number
  /** from the first sample at or after it on, `delaySoFar` is counted anew */
  readonly restartAtNs: number
}

/**
 * Takes samples of a target at regular times, one after the other: a target that stands still is late with its answer, and its
 * sample then is about all of that time. What is made of samples, and how many are kept, is up to whoever listens.
 */
export class TargetWatch {
  readonly #agent: TargetAgent
  readonly #onSample: (sample: AgentSample) => void
  #timer: NodeJS.Timeout | undefined
  #current: Promise<void> = Promise.resolve()
  #failure: unknown
  #isRestarted = false
  #isStopped = false

  constructor(agent: TargetAgent, onSample: (sample: AgentSample) => void) {
    this.#agent = agent
    this.#onSample = onSample
  }

  /** Why there are no more samples, if there are none: the target has ended, or has lost its agent. */
  get failure(): unknown {
    return this.#failure
  }

  start(times: WatchTimes): void {
    this.#takeAt(times.fromNs, times)
  }

  /** Take a last sample, of all that there was since the one before. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    const last = this.#current.then(() => this.#take(false))
    let impatience: NodeJS.Timeout | undefined
    const tooLate = new Promise<void>((resolve) => {
      impatience = setTimeout(resolve, LAST_SAMPLE_MS)
    })
    const wasInTime = await Promise.race([last.then(() => true), tooLate.then(() => false)])
    if (!wasInTime) this.#failure ??= new Error('the target stood still at the end')
    clearTimeout(impatience)
  }

  #takeAt(dueNs: number, times: WatchTimes): void {
    const waitMs = (dueNs - Number(process.hrtime.bigint())) / NS_PER_MS
    this.#timer = setTimeout(
      () => {
        this.#current = this.#take(dueNs >= times.restartAtNs).then(() => this.#takeNext(dueNs, times))
      },
      Math.max(0, Math.ceil(waitMs)),
    )
  }

  /** What became due while the target was silent has been answered with it. */
  #takeNext(doneNs: number, times: WatchTimes): void {
    if (this.#isStopped || this.#failure !== undefined) return
    const sinceNs = Math.max(0, Number(process.hrtime.bigint()) - doneNs)
    this.#takeAt(doneNs + (Math.floor(sinceNs / times.everyNs) + 1) * times.everyNs, times)
  }

  async #take(mayRestart: boolean): Promise<void> {
    if (this.#failure !== undefined) return
    try {
      const restart = mayRestart && !this.#isRestarted
      const sample = await this.#agent.sample({ restart })
      this.#isRestarted ||= restart
      this.#onSample(sample)
    } catch (error) {
      this.#failure = error
    }
  }
}
