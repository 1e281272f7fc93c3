import type { Histogram } from 'hdr-histogram-js'
import { buildHistogram } from '../load/index.ts'
import { addEncoded } from './encoded-counts.ts'

export interface Times {
  readonly p50Ns: number | null
  readonly p99Ns: number | null
  readonly highestNs: number | null
}

/** Percentiles of one second after the other, by one histogram. */
export class SecondTimes {
  #histogram: Histogram | undefined

  /** @param encoded - `undefined` when nothing ended */
  of(encoded: string | undefined): Times {
    if (encoded === undefined) return { p50Ns: null, p99Ns: null, highestNs: null }
    this.#histogram ??= buildHistogram()
    this.#histogram.reset()
    addEncoded(encoded, this.#histogram)
    return {
      p50Ns: this.#histogram.getValueAtPercentile(50),
      p99Ns: this.#histogram.getValueAtPercentile(99),
      highestNs: this.#histogram.maxValue,
    }
  }
}
