import { hodgesLehmann } from './hodges-lehmann.ts'
import { PAIR_DESIGN, type PairDesign, requireDesign } from './pair-design.ts'
import { signedRankTest } from './signed-rank.ts'

export interface NullBias {
  readonly biased: boolean
  readonly n: number
  readonly pTwoSided: number
  /** candidate/baseline − 1, though both sides are the same. */
  readonly effectRatio: number
  readonly lowRatio: number
  readonly highRatio: number
  readonly coverageRatio: number
}

/**
 * Whether a comparison of one version with itself leans to a side: two-sided exact signed-rank p < `nullAlpha` (1 %) and
 * Hodges–Lehmann estimate beyond `nullMargin` (1 %) either way. A biased null says that the harness or the
 * machine favours one side, so the verdicts beside it are not to be trusted. Fewer than 8 pairs can never show it.
 *
 * @param logRatios - ln(candidate/baseline) per null pair, finite, n ≥ 1; not mutated
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE` for the design
 */
export function nullBias(logRatios: readonly number[], design: PairDesign = PAIR_DESIGN): NullBias {
  requireDesign(design)
  const { n, pTwoSided } = signedRankTest(logRatios)
  const { estimate, low, high, coverageRatio } = hodgesLehmann(logRatios, 1 - design.nullAlpha)
  return {
    biased: pTwoSided < design.nullAlpha && Math.abs(estimate) > design.nullMargin,
    n,
    pTwoSided,
    effectRatio: Math.expm1(estimate),
    lowRatio: Math.expm1(low),
    highRatio: Math.expm1(high),
    coverageRatio,
  }
}
