import type { Unit } from '../run/index.ts'
import { type FamilyJudgement, type FamilyMember, judgeFamily, PAIR_DESIGN, type PairDesign } from '../stats/index.ts'
import { policyOf } from './unit-policy.ts'

export interface UnitMember {
  readonly id: string
  readonly unit: Unit
  /** ln(candidate/baseline) of the cost per pair, in the order measured */
  readonly logRatios: readonly number[]
}

export interface FamilyOptions {
  /** pairs after which the evidence was looked at, ascending */
  readonly looks?: readonly number[]
  /** no more pairs will come */
  readonly final: boolean
}

/** The design for one unit: the looks and risks of all, with margins of its own. */
function designFor(unit: Unit, looks: readonly number[] = PAIR_DESIGN.looks): PairDesign {
  const { regressedRatio, nonInferiorRatio } = policyOf(unit)
  return {
    ...PAIR_DESIGN,
    looks,
    regressionMargin: Math.log1p(regressedRatio),
    nonInferiorityMargin: Math.log1p(nonInferiorRatio),
  }
}

/**
 * Judge metrics of several units as one family, by going through the looks again from the first: what was decided at a look
 * stays decided, as it was while measuring, so that the verdict is the one on which measuring stopped. All of it follows
 * from the pairs alone.
 *
 * A pass needs no correction for the size of the family and comes earlier than an improvement, which does. So a pass that
 * looks like an improvement waits for the later looks; what was shown once stays shown, and it passes in the end.
 *
 * @returns by id
 */
export function judgeSequentially(
  members: readonly UnitMember[],
  { looks = PAIR_DESIGN.looks, final }: FamilyOptions,
): Map<string, FamilyJudgement> {
  const progress = new Map(members.map((member) => [member.id, { member, settled: undefined } as Progress]))
  const longest = Math.max(0, ...members.map(({ logRatios }) => logRatios.length))
  const reached = looks.filter((look) => look <= longest)
  let judgements = new Map<string, FamilyJudgement>()
  for (const look of reached.length === 0 ? [longest] : reached) {
    const isLast = look === (reached.at(-1) ?? longest)
    judgements = judgeLook([...progress.values()], look, { looks, final: final && isLast })
    for (const [id, judgement] of judgements) advance(progress, id, judgement, look)
  }
  const noMore = final || longest >= (looks.at(-1) ?? 0)
  return new Map([...judgements].map(([id, judgement]) => [id, conclude(judgement, progress.get(id), noMore)]))
}

interface Progress {
  readonly member: UnitMember
  readonly settled: (Pick<FamilyMember, 'logRatios'> & { readonly verdict: SettledVerdict }) | undefined
  readonly passedOnce?: boolean
}

type SettledVerdict = 'regressed' | 'improved' | 'passed'

/** Holm's step is over the whole family and margins are not part of it, so each unit takes its own rows of its own pass. */
function judgeLook(
  progress: readonly Progress[],
  look: number,
  { looks, final }: { readonly looks: readonly number[]; readonly final: boolean },
): Map<string, FamilyJudgement> {
  const family = progress.map(
    ({ member, settled }): FamilyMember =>
      settled === undefined
        ? { id: member.id, logRatios: member.logRatios.slice(0, look) }
        : { id: member.id, logRatios: settled.logRatios, decided: settled.verdict },
  )
  const unitOf = new Map(progress.map(({ member }) => [member.id, member.unit]))
  const passes = [...new Set(unitOf.values())].map((unit) =>
    judgeFamily(family, { design: designFor(unit, looks), final }).filter(({ id }) => unitOf.get(id) === unit),
  )
  return new Map(passes.flat().map((judgement) => [judgement.id, judgement]))
}

function advance(progress: Map<string, Progress>, id: string, { verdict, effectRatio }: FamilyJudgement, look: number) {
  const before = progress.get(id)
  if (before === undefined || before.settled !== undefined) return
  if (verdict === 'undecided' || verdict === 'inconclusive') return
  const { member } = before
  const looksImproved = Math.log1p(effectRatio) < -designFor(member.unit).regressionMargin
  if (verdict === 'passed' && looksImproved) progress.set(id, { ...before, passedOnce: true })
  else progress.set(id, { member, settled: { logRatios: member.logRatios.slice(0, look), verdict } })
}

function conclude(judgement: FamilyJudgement, progress: Progress | undefined, noMore: boolean): FamilyJudgement {
  if (progress?.passedOnce !== true || progress.settled !== undefined) return judgement
  return { ...judgement, verdict: noMore ? 'passed' : 'undecided' }
}
