import { hodgesLehmann } from './hodges-lehmann.ts'
import { holmAdjust } from './holm.ts'
import { PAIR_DESIGN, type PairDesign, requireDesign } from './pair-design.ts'
import { outOfRange } from './sample-checks.ts'
import { signedRankTest } from './signed-rank.ts'

/** `undecided`: measure on until the next look. `inconclusive`: no looks are left. */
export type PairVerdict = 'regressed' | 'improved' | 'passed' | 'undecided' | 'inconclusive'

export interface PairJudgement {
  readonly verdict: PairVerdict
  /** Pairs judged: those up to the last look reached. */
  readonly n: number
  readonly pRegressed: number
  readonly pRegressedHolm: number
  readonly pImproved: number
  readonly pImprovedHolm: number
  /** For "the cost lies below the non-inferiority margin". */
  readonly pNonInferior: number
  /** candidate/baseline − 1, by Hodges–Lehmann: positive is costlier. */
  readonly effectRatio: number
  readonly lowRatio: number
  readonly highRatio: number
  /** Of the interval at this look; over all looks of the design the intervals together miss at most k × as often. */
  readonly coverageRatio: number
}

export interface FamilyMember {
  readonly id: string
  /** ln(candidate/baseline) per pair, in the order measured: larger is worse. */
  readonly logRatios: readonly number[]
  /** The verdict of an earlier look, which stands. */
  readonly decided?: Exclude<PairVerdict, 'undecided'>
}

export interface FamilyJudgement extends PairJudgement {
  readonly id: string
}

export interface JudgingOptions {
  readonly design?: PairDesign
  /** No more pairs will come: what is undecided is inconclusive. Implied at the design's last look. */
  readonly final?: boolean
}

/**
 * Verdict on one benchmark compared in interleaved pairs, at a look of a design fixed beforehand:
 *
 * 1. `regressed`: signed-rank p(d > 0) ≤ α after Holm, and the Hodges–Lehmann estimate exceeds the regression margin
 * 2. `improved`: the same downwards
 * 3. `passed`: signed-rank p(d < non-inferiority margin) ≤ α
 * 4. otherwise `undecided`, and at the last look `inconclusive`
 *
 * Pairs beyond the last look reached wait for the next one: a look that was not planned would spend risk that was not counted.
 *
 * @param logRatios - ln(candidate/baseline) per pair, in the order measured, larger is worse; finite, n ≥ 1; not mutated
 * @param options - `familySize`: how many benchmarks share the risk of a false alarm, when the others aren't at hand
 *   (`judgeFamily` is sharper); default 1
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function judgePairs(
  logRatios: readonly number[],
  { design = PAIR_DESIGN, final = false, familySize = 1 }: JudgingOptions & { readonly familySize?: number } = {},
): PairJudgement {
  requireDesign(design)
  if (!(Number.isInteger(familySize) && familySize >= 1)) {
    throw outOfRange(`familySize is ${familySize}`, 'Count the benchmarks judged together, this one included.')
  }
  const evidence = weigh(logRatios, design)
  // Holm's first step: without the others' p-values, assume that this one is the smallest.
  return conclude(
    evidence,
    {
      pRegressedHolm: Math.min(1, evidence.pRegressed * familySize),
      pImprovedHolm: Math.min(1, evidence.pImproved * familySize),
    },
    { design, final },
  )
}

/**
 * Verdicts on benchmarks judged together at one look, each as by `judgePairs`.
 *
 * Holm's adjustment covers regressions and improvements (one family a direction, over all members, those decided
 * earlier with their p-value then), so that the chance of any false alarm among all benchmarks stays below α a look.
 * It does not cover `passed`: each pass is a claim of its own about its own benchmark, with its own α, and no count of
 * other benchmarks makes it less true.
 *
 * @param members - stop adding pairs to a member once it is decided, and hand its verdict back as `decided`: its
 *   adjusted p-value may rise as the others' do, but a verdict given is kept
 * @returns in the order given
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function judgeFamily(
  members: readonly FamilyMember[],
  { design = PAIR_DESIGN, final = false }: JudgingOptions = {},
): FamilyJudgement[] {
  requireDesign(design)
  if (members.length === 0) return []
  const evidence = members.map(({ logRatios }) => weigh(logRatios, design))
  const pRegressedHolm = holmAdjust(evidence.map(({ pRegressed }) => pRegressed))
  const pImprovedHolm = holmAdjust(evidence.map(({ pImproved }) => pImproved))
  return evidence.map((weighed, index): FamilyJudgement => {
    const adjusted = { pRegressedHolm: pRegressedHolm[index] ?? 1, pImprovedHolm: pImprovedHolm[index] ?? 1 }
    const judgement = conclude(weighed, adjusted, { design, final })
    const { id = '', decided = judgement.verdict } = members[index] ?? {}
    return { id, ...judgement, verdict: decided }
  })
}

type Adjusted = Pick<PairJudgement, 'pRegressedHolm' | 'pImprovedHolm'>
type Evidence = Omit<PairJudgement, 'verdict' | keyof Adjusted>

function weigh(logRatios: readonly number[], design: PairDesign): Evidence {
  const lookedAt = logRatios.slice(
    0,
    design.looks.findLast((look) => look <= logRatios.length),
  )
  const { n, pGreater, pLess } = signedRankTest(lookedAt)
  // The level of both one-sided tests together, so that interval and p-values agree (but for ties).
  const { estimate, low, high, coverageRatio } = hodgesLehmann(lookedAt, 1 - 2 * design.alphaPerLook)
  return {
    n,
    pRegressed: pGreater,
    pImproved: pLess,
    pNonInferior: signedRankTest(lookedAt, { shift: design.nonInferiorityMargin }).pLess,
    effectRatio: Math.expm1(estimate),
    lowRatio: Math.expm1(low),
    highRatio: Math.expm1(high),
    coverageRatio,
  }
}

function conclude(evidence: Evidence, adjusted: Adjusted, { design, final }: Required<JudgingOptions>): PairJudgement {
  const decision = decide(evidence, adjusted, design)
  const isLast = final || evidence.n >= Math.max(...design.looks)
  return { verdict: decision ?? (isLast ? 'inconclusive' : 'undecided'), ...evidence, ...adjusted }
}

function decide(evidence: Evidence, adjusted: Adjusted, design: PairDesign): PairVerdict | undefined {
  const { alphaPerLook, regressionMargin, looks } = design
  if (evidence.n < Math.min(...looks)) return undefined
  const isWorse = evidence.effectRatio > Math.expm1(regressionMargin)
  const isBetter = evidence.effectRatio < Math.expm1(-regressionMargin)
  if (adjusted.pRegressedHolm <= alphaPerLook && isWorse) return 'regressed'
  if (adjusted.pImprovedHolm <= alphaPerLook && isBetter) return 'improved'
  return evidence.pNonInferior <= alphaPerLook ? 'passed' : undefined
}
