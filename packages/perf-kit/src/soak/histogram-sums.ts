import type { Histogram } from 'hdr-histogram-js'
import { buildHistogram } from '../load/index.ts'
import { loadHistograms } from '../run/index.ts'
import { addEncoded } from './encoded-counts.ts'

/** Distributions by name, added up: HDR histograms in base64, as seconds of a load have them. */
export class HistogramSums {
  readonly #sums = new Map<string, Histogram>()

  get all(): ReadonlyMap<string, Histogram> {
    return this.#sums
  }

  add(encoded: Readonly<Record<string, string>>): void {
    for (const [name, data] of Object.entries(encoded)) addEncoded(data, this.#sumOf(name))
  }

  encode(): Record<string, string> {
    const filled = [...this.#sums].filter(([, { totalCount }]) => totalCount > 0)
    return Object.fromEntries(
      filled.map(([name, histogram]) => [name, loadHistograms().encodeIntoCompressedBase64(histogram)]),
    )
  }

  /** Emptied, for what comes next: new ones again and again would be garbage that looks like a leak. */
  reset(): void {
    for (const histogram of this.#sums.values()) histogram.reset()
  }

  #sumOf(name: string): Histogram {
    const known = this.#sums.get(name)
    if (known !== undefined) return known
    const made = buildHistogram()
    this.#sums.set(name, made)
    return made
  }
}
