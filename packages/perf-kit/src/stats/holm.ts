import { outOfRange, requireSample } from './sample-checks.ts'

/**
 * Holm's step-down adjustment (Holm 1979): comparing the adjusted values with α bounds the chance of any false alarm in the
 * whole family by α, whatever the dependence between its members.
 *
 * @param pValues - in [0, 1], n ≥ 1; not mutated
 * @returns adjusted p-values in the order given, each ≥ its p-value and ≤ 1
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function holmAdjust(pValues: readonly number[]): number[] {
  requireSample(pValues, 'pValues')
  const outside = pValues.find((p) => p < 0 || p > 1)
  if (outside !== undefined) {
    throw outOfRange(`p-value ${outside} is outside [0, 1]`, 'Pass p-values, not test statistics or percentages.')
  }
  const adjusted = pValues.slice()
  let largestSoFar = 0
  for (const [rank, { p, index }] of ascending(pValues).entries()) {
    largestSoFar = Math.max(largestSoFar, Math.min(1, p * (pValues.length - rank)))
    adjusted[index] = largestSoFar
  }
  return adjusted
}

function ascending(pValues: readonly number[]): readonly { readonly p: number; readonly index: number }[] {
  return pValues.map((p, index) => ({ p, index })).sort((left, right) => left.p - right.p)
}
