export {
  binomialInterval,
  binomialLowerBound,
  binomialUpperBound,
  type ProportionInterval,
} from './binomial-interval.ts'
export { designEffect } from './design-effect.ts'
export { type EstimateInterval, hodgesLehmann, hodgesLehmannShift } from './hodges-lehmann.ts'
export { holmAdjust } from './holm.ts'
export { fitLine, type LineFit, type LineWeighting } from './line-fit.ts'
export { mannKendall, type TrendTest } from './mann-kendall.ts'
export { type MedianInterval, medianInterval } from './median-interval.ts'
export { type NullBias, nullBias } from './null-bias.ts'
export { nextLook, PAIR_DESIGN, type PairDesign } from './pair-design.ts'
export { median, medianAbsoluteDeviation, quantile, sortAscending } from './quantile.ts'
export { type RankSumResult, rankSumTest } from './rank-sum.ts'
export {
  judgeSamples,
  type SampleEffect,
  type SampleJudgement,
  type SampleRule,
  type SampleWarning,
} from './rank-sum-verdict.ts'
export { type RatioEstimate, ratioOfSums } from './ratio-of-sums.ts'
export {
  type FamilyJudgement,
  type FamilyMember,
  type JudgingOptions,
  judgeFamily,
  judgePairs,
  type PairJudgement,
  type PairVerdict,
} from './sequential-pairs.ts'
export { shareWithin } from './share-within.ts'
export { type SignedRankResult, signedRankTest } from './signed-rank.ts'
export { studentQuantile } from './student-t.ts'
export type { UslErrors } from './sum-fit.ts'
export { type SlopeInterval, theilSenInterval, theilSenSlope } from './theil-sen.ts'
export { type UslCurve, type UslPeak, uslPeak, uslThroughput } from './usl-curve.ts'
export { fitUsl, type UslFit, type UslOptions } from './usl-fit.ts'
export type { UslFitness, UslFitState, UslFitTest } from './usl-fitness.ts'
export type { UslInterval, UslIntervals } from './usl-intervals.ts'
