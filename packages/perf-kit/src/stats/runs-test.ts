import { logGamma } from './log-gamma.ts'

export interface RunsTest {
  /** how many times in a row values stay on one side */
  readonly runs: number
  /** so few runs or fewer, if the order of the signs is chance alone; 1 when all values are on one side */
  readonly pValue: number
  /** the least that there could be with as many values on each side: beyond it, no order is evidence */
  readonly leastPValue: number
}

/**
 * Wald and Wolfowitz' test of runs, exact and one-sided: residuals of a curve that is not theirs stay above it for a while, and then
 * below. Zeros are left out.
 *
 * @param values - in the order in which runs are looked for; not mutated
 */
export function runsTest(values: readonly number[]): RunsTest {
  const signs = values.filter((value) => value !== 0).map((value) => value > 0)
  const above = signs.filter(Boolean).length
  const below = signs.length - above
  const runs = signs.filter((sign, index) => index === 0 || sign !== signs[index - 1]).length
  if (above === 0 || below === 0) return { runs, pValue: 1, leastPValue: 1 }
  return { runs, pValue: atMost(runs, above, below), leastPValue: atMost(2, above, below) }
}

/** Mood 1940: how many orders have so many runs. */
function atMost(runs: number, above: number, below: number): number {
  const all = logChoose(above + below, above)
  let probability = 0
  for (let count = 2; count <= runs; count++) {
    const half = Math.floor(count / 2)
    const ways = count % 2 === 0 ? [2 * share(half, half)] : [share(half, half + 1), share(half + 1, half)]
    probability += ways.reduce((sum, way) => sum + way, 0)
  }
  return Math.min(1, probability)

  function share(aboveRuns: number, belowRuns: number): number {
    if (aboveRuns > above || belowRuns > below) return 0
    return Math.exp(logChoose(above - 1, aboveRuns - 1) + logChoose(below - 1, belowRuns - 1) - all)
  }
}

function logChoose(from: number, chosen: number): number {
  return logGamma(from + 1) - logGamma(chosen + 1) - logGamma(from - chosen + 1)
}
