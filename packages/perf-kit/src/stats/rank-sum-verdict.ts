import { hodgesLehmannShift } from './hodges-lehmann.ts'
import { median, sortAscending } from './quantile.ts'
import { rankSumTest } from './rank-sum.ts'
import { outOfRange, requireOpenRatio, requireSample } from './sample-checks.ts'

/** Share of a threshold that may be rounding: a change of exactly the threshold is neither beyond nor below it. */
const ROUNDING_RATIO = 1e-9

export interface SampleRule {
  readonly better: 'lower' | 'higher'
  /** A change matters when it is worse (or better) by more than a factor of 1 + thresholdRatio; > 0. */
  readonly thresholdRatio: number
  /**
   * The change that matters where the baseline is zero and no ratio exists (0 → 16 bytes per operation), in the unit of the
   * values; > 0. Unused elsewhere. Without it such a change stays inconclusive.
   */
  readonly absoluteThreshold?: number
  /** One-sided level of each test; default 0.005. */
  readonly alpha?: number
}

/** candidate compared with baseline, positive when the candidate's values are larger, whichever way is better. */
export interface SampleEffect {
  /** `ratio`: candidate/baseline − 1. `absolute`: candidate − baseline in their unit, where the baseline is zero. */
  readonly scale: 'ratio' | 'absolute'
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly coverageRatio: number
}

export type SampleWarning =
  | {
      readonly code: 'TOO_FEW_SAMPLES'
      readonly message: string
      /** The fewest values a side with which a verdict is possible at all. */
      readonly neededSamples: number
    }
  | { readonly code: 'NO_ABSOLUTE_THRESHOLD'; readonly message: string }

export interface SampleJudgement {
  readonly verdict: 'regressed' | 'improved' | 'passed' | 'inconclusive'
  readonly nBaseline: number
  readonly nCandidate: number
  readonly pRegressed: number
  readonly pImproved: number
  /** For "not worse by the threshold or more". */
  readonly pNonInferior: number
  readonly effect: SampleEffect
  readonly warnings: readonly SampleWarning[]
}

/**
 * Verdict on two independent samples, such as a stored baseline and a new run:
 *
 * 1. `regressed`: Mann–Whitney p(worse) ≤ α, and the Hodges–Lehmann shift is worse than the threshold
 * 2. `improved`: the same the other way
 * 3. `passed`: Mann–Whitney p(worse by less than the threshold) ≤ α
 * 4. otherwise `inconclusive`
 *
 * Positive values are compared by their logarithms, so that a time and its rate get the same verdict; others by their difference
 * relative to the baseline's median; and where that is zero, by the difference itself. All zero on both sides passes.
 *
 * @param baseline - finite, n ≥ 1; not mutated
 * @param candidate - finite, n ≥ 1; not mutated
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function judgeSamples(
  baseline: readonly number[],
  candidate: readonly number[],
  rule: SampleRule,
): SampleJudgement {
  requireSample(baseline, 'baseline')
  requireSample(candidate, 'candidate')
  const { alpha = 0.005 } = rule
  requireRule(rule, alpha)
  const scale = chooseScale(baseline, candidate, rule)
  const before = sortAscending(baseline.map(scale.cost))
  const after = sortAscending(candidate.map(scale.cost))
  const shift = hodgesLehmannShift(before, after, 1 - 2 * alpha)
  const unshifted = rankSumTest(before, after)
  const evidence = {
    nBaseline: baseline.length,
    nCandidate: candidate.length,
    pRegressed: unshifted.pGreater,
    pImproved: unshifted.pLess,
    pNonInferior: rankSumTest(before, after, { shift: scale.worseBy * (1 - ROUNDING_RATIO) }).pLess,
    effect: describeEffect(shift, scale),
  }
  const allZero = [...baseline, ...candidate].every((value) => value === 0)
  const verdict = allZero ? 'passed' : decide(evidence, shift.estimate, scale, alpha)
  return { verdict, ...evidence, warnings: verdict === 'inconclusive' ? doubts(evidence, scale, alpha) : [] }
}

interface Scale {
  readonly kind: 'logarithm' | 'relative' | 'absolute'
  /** Of a value, larger is worse. */
  readonly cost: (value: number) => number
  /** How far apart costs must be for the change to matter. */
  readonly worseBy: number
  readonly betterBy: number
  /** −1 where costs run against values. */
  readonly sign: 1 | -1
  /** Whether a change beyond the threshold can be told at all. */
  readonly hasThreshold: boolean
}

function chooseScale(baseline: readonly number[], candidate: readonly number[], rule: SampleRule): Scale {
  const { better, thresholdRatio: ratio, absoluteThreshold } = rule
  const sign = better === 'lower' ? 1 : -1
  if ([...baseline, ...candidate].every((value) => value > 0)) {
    const factor = Math.log1p(ratio)
    const cost = (value: number) => sign * Math.log(value)
    return { kind: 'logarithm', cost, worseBy: factor, betterBy: factor, sign, hasThreshold: true }
  }
  const size = Math.abs(median(baseline))
  if (size > 0) {
    // From 1 up to 1 + ratio, or down to 1 / (1 + ratio).
    const rise = ratio
    const fall = ratio / (1 + ratio)
    const [worseBy, betterBy] = better === 'lower' ? [rise, fall] : [fall, rise]
    return { kind: 'relative', cost: (value) => (sign * value) / size, worseBy, betterBy, sign, hasThreshold: true }
  }
  const change = absoluteThreshold ?? 0
  const hasThreshold = absoluteThreshold !== undefined
  return { kind: 'absolute', cost: (value) => sign * value, worseBy: change, betterBy: change, sign, hasThreshold }
}

function decide(
  evidence: Pick<SampleJudgement, 'pRegressed' | 'pImproved' | 'pNonInferior'>,
  shift: number,
  { worseBy, betterBy, hasThreshold }: Scale,
  alpha: number,
): SampleJudgement['verdict'] {
  const isWorse = shift > worseBy * (1 + ROUNDING_RATIO)
  const isBetter = shift < -betterBy * (1 + ROUNDING_RATIO)
  if (hasThreshold && evidence.pRegressed <= alpha && isWorse) return 'regressed'
  if (hasThreshold && evidence.pImproved <= alpha && isBetter) return 'improved'
  return evidence.pNonInferior <= alpha ? 'passed' : 'inconclusive'
}

function describeEffect(
  shift: { readonly estimate: number; readonly low: number; readonly high: number; readonly coverageRatio: number },
  { kind, sign }: Scale,
): SampleEffect {
  // `+ 0` turns −0 into 0.
  const toEffect = (cost: number) => (kind === 'logarithm' ? Math.expm1(sign * cost) : sign * cost) + 0
  return {
    scale: kind === 'absolute' ? 'absolute' : 'ratio',
    estimate: toEffect(shift.estimate),
    low: toEffect(sign === 1 ? shift.low : shift.high),
    high: toEffect(sign === 1 ? shift.high : shift.low),
    coverageRatio: shift.coverageRatio,
  }
}

function doubts(
  { nBaseline, nCandidate }: Pick<SampleJudgement, 'nBaseline' | 'nCandidate'>,
  { hasThreshold }: Scale,
  alpha: number,
): SampleWarning[] {
  const warnings: SampleWarning[] = []
  if (smallestP(nBaseline, nCandidate) > alpha) {
    const neededSamples = fewestSamples(alpha)
    warnings.push({
      code: 'TOO_FEW_SAMPLES',
      message: `${nBaseline} against ${nCandidate} values cannot reach p ≤ ${alpha}, whatever they are: measure at least ${neededSamples} a side`,
      neededSamples,
    })
  }
  if (!hasThreshold) {
    warnings.push({
      code: 'NO_ABSOLUTE_THRESHOLD',
      message: 'the baseline is zero, so the change has no ratio: give an absolute threshold in the unit of the values',
    })
  }
  return warnings
}

/** p when every value of one side lies above all of the other: one way of dealing in (left + right choose right). */
function smallestP(nLeft: number, nRight: number): number {
  let p = 1
  for (let count = 1; count <= nRight; count++) p *= count / (nLeft + count)
  return p
}

function fewestSamples(alpha: number): number {
  let count = 1
  while (smallestP(count, count) > alpha) count++
  return count
}

function requireRule({ thresholdRatio, absoluteThreshold }: SampleRule, alpha: number): void {
  requireOpenRatio(alpha, 'alpha')
  if (!(alpha < 0.5))
    throw outOfRange(`alpha is ${alpha}`, 'Give the chance of a false verdict you accept, such as 0.005.')
  if (!(thresholdRatio > 0 && thresholdRatio < Number.POSITIVE_INFINITY)) {
    throw outOfRange(
      `thresholdRatio is ${thresholdRatio}`,
      'Give the smallest change that matters as a ratio: 0.05 for 5 %.',
    )
  }
  if (absoluteThreshold === undefined) return
  if (absoluteThreshold > 0 && absoluteThreshold < Number.POSITIVE_INFINITY) return
  throw outOfRange(
    `absoluteThreshold is ${absoluteThreshold}`,
    'Give the smallest change that matters in the unit of the values, such as 16 for bytes.',
  )
}
