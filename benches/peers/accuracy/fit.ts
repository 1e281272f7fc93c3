import { fitLine, median } from '@gw/perf-kit'
import { CHAIN_LENGTHS } from './chain.ts'
import type { Reading } from './readings.ts'

export interface ChainFit {
  /** fitted price of a multiplication ÷ its true price; 1 is right */
  readonly slopeRatio: number
  /** what the line has at no multiplication, ns; 0 is right */
  readonly offsetNs: number
}

/** A tool's reading of one length: the median over rounds. */
export interface LengthReading {
  readonly length: number
  /** in multiplications of the reading's own time, times the price of one over the whole experiment, ns */
  readonly timeNs: number
  readonly trueNs: number
}

/** Readings of one tool, freed of what the machine's speed did in between. */
export function atOneSpeed(readings: readonly Reading[], priceNs: number): readonly LengthReading[] {
  return CHAIN_LENGTHS.map((length) => {
    const multiplications = readings
      .filter((reading) => reading.length === length)
      .map(({ timeNs, truthNs }) => timeNs / truthNs)
    return { length, timeNs: median(multiplications) * priceNs, trueNs: length * priceNs }
  })
}

/** The line through cost over length with relative errors alike: 1 % of 2 ns weighs as much as 1 % of 1 ms. */
export function fitChains(readings: readonly LengthReading[], priceNs: number): ChainFit {
  const { slope, intercept } = fitLine(
    readings.map(({ length }) => length),
    readings.map(({ timeNs }) => timeNs),
    { weighting: 'relativeToX' },
  )
  return { slopeRatio: slope / priceNs, offsetNs: intercept }
}

/** The worst error of each decade of true time, as a share of the true time: index 0 is 1–10 ns. */
export function worstErrorByDecade(readings: readonly LengthReading[]): ReadonlyMap<number, number> {
  const worst = new Map<number, number>()
  for (const { timeNs, trueNs } of readings) {
    const decade = Math.floor(Math.log10(trueNs))
    const errorRatio = Math.abs(timeNs / trueNs - 1)
    worst.set(decade, Math.max(worst.get(decade) ?? 0, errorRatio))
  }
  return worst
}
