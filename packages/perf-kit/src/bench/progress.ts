import { nowNs } from '../clock/index.ts'

/** What a progress line can say. */
export interface BenchProgress {
  /** what is going on, for people: "calibrating", "pair 12", "installing main" */
  readonly step: string
  readonly subject: string | undefined
  readonly doneForks: number
  /** forks known to be needed so far; sequential designs may add some */
  readonly plannedForks: number
  /** undefined until a fork has shown how long it takes */
  readonly remainingNs: number | undefined
}

export type ProgressListener = (progress: BenchProgress) => void

/** Counts forks and estimates the time left from the mean fork so far. */
export class ProgressTracker {
  readonly #listener: ProgressListener | undefined
  readonly #startNs = nowNs()
  #firstForkNs: number | undefined
  #done = 0
  #planned = 0

  constructor(listener: ProgressListener | undefined) {
    this.#listener = listener
  }

  plan(forks: number): void {
    this.#planned += forks
  }

  /** Forks that were planned and will not run. */
  drop(forks: number): void {
    this.#planned -= forks
  }

  begin(step: string, subject?: string): void {
    if (subject !== undefined) this.#firstForkNs ??= nowNs()
    this.#listener?.({
      step,
      subject,
      doneForks: this.#done,
      plannedForks: this.#planned,
      remainingNs: this.#remainingNs(),
    })
  }

  end(forks = 1): void {
    this.#done += forks
  }

  meanForkNs(): number | undefined {
    return this.#done === 0 || this.#firstForkNs === undefined ? undefined : (nowNs() - this.#firstForkNs) / this.#done
  }

  elapsedNs(): number {
    return nowNs() - this.#startNs
  }

  #remainingNs(): number | undefined {
    const meanNs = this.meanForkNs()
    return meanNs === undefined ? undefined : meanNs * Math.max(0, this.#planned - this.#done)
  }
}
