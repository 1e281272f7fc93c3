import type { Histogram } from 'hdr-histogram-js'
import type { StreamedRequests } from '../load/index.ts'
import { HistogramSums } from './histogram-sums.ts'

/** What became of requests, added up: of all of them, or of one operation of a mix. */
export class RequestSums {
  readonly #distributions = new HistogramSums()
  readonly #outcomes = new Map<string, number>()
  #finished = 0
  #failed = 0

  get finished(): number {
    return this.#finished
  }

  get failed(): number {
    return this.#failed
  }

  get outcomes(): ReadonlyMap<string, number> {
    return this.#outcomes
  }

  get distributions(): ReadonlyMap<string, Histogram> {
    return this.#distributions.all
  }

  add({ finished, failed, outcomes, distributions }: StreamedRequests): void {
    this.#finished += finished
    this.#failed += failed
    for (const [outcome, count] of Object.entries(outcomes)) {
      this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + count)
    }
    this.#distributions.add(distributions)
  }

  /** All that was added since the last time. */
  take(): StreamedRequests {
    const taken = {
      finished: this.#finished,
      failed: this.#failed,
      outcomes: Object.fromEntries(this.#outcomes),
      distributions: this.#distributions.encode(),
    }
    this.#finished = 0
    this.#failed = 0
    this.#outcomes.clear()
    this.#distributions.reset()
    return taken
  }
}

/** Of each operation of a mix, by its name. */
export class OperationSums {
  readonly #sums = new Map<string, RequestSums>()

  get all(): ReadonlyMap<string, RequestSums> {
    return this.#sums
  }

  add(operations: Readonly<Record<string, StreamedRequests>>): void {
    for (const [name, operation] of Object.entries(operations)) {
      const sums = this.#sums.get(name) ?? new RequestSums()
      this.#sums.set(name, sums)
      sums.add(operation)
    }
  }

  take(): Record<string, StreamedRequests> {
    const told = [...this.#sums].filter(([, { finished, outcomes }]) => finished > 0 || outcomes.size > 0)
    return Object.fromEntries(told.map(([name, sums]) => [name, sums.take()]))
  }
}
