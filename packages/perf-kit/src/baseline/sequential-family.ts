import { type FamilyJudgement, type FamilyMember, judgeFamily, PAIR_DESIGN, type PairDesign } from '../stats/index.ts'

export interface FamilyMargins {
  /** a change beyond this counts */
  readonly regressedRatio: number
  /** passed when shown to be no worse than this */
  readonly nonInferiorRatio: number
}

export interface JudgedMember extends FamilyMargins {
  readonly id: string
  /** ln(candidate/baseline) of the cost per pair, in the order measured */
  readonly logRatios: readonly number[]
}

export interface FamilyOptions {
  /** pairs after which the evidence was looked at, ascending */
  readonly looks?: readonly number[]
  /** no more pairs will come */
  readonly final: boolean
}

/** The looks and risks of all, with margins of its own. */
function designFor({ regressedRatio, nonInferiorRatio }: FamilyMargins, looks: readonly number[]): PairDesign {
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
 * A pass needs no correction for the size of the family and comes earlier than a change, which does. So a pass that looks
 * like a change waits for the later looks; what was shown once stays shown, and it passes in the end.
 *
 * @returns by id
 */
export function judgeSequentially(
  members: readonly JudgedMember[],
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
  readonly member: JudgedMember
  readonly settled: (Pick<FamilyMember, 'logRatios'> & { readonly verdict: SettledVerdict }) | undefined
  readonly passedOnce?: boolean
}

type SettledVerdict = 'regressed' | 'improved' | 'passed'

/** Holm's step is over the whole family and margins are not part of it, so each margin takes its own rows of its own pass. */
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
  const byMargins = Map.groupBy(progress, ({ member }) => `${member.regressedRatio} ${member.nonInferiorRatio}`)
  const passes = [...byMargins.values()].map((group) => {
    const own = new Set(group.map(({ member }) => member.id))
    const [first] = group
    if (first === undefined) return []
    return judgeFamily(family, { design: designFor(first.member, looks), final }).filter(({ id }) => own.has(id))
  })
  return new Map(passes.flat().map((judgement) => [judgement.id, judgement]))
}

function advance(progress: Map<string, Progress>, id: string, { verdict, effectRatio }: FamilyJudgement, look: number) {
  const before = progress.get(id)
  if (before === undefined || before.settled !== undefined) return
  if (verdict === 'undecided' || verdict === 'inconclusive') return
  const { member } = before
  const looksChanged = Math.abs(Math.log1p(effectRatio)) > Math.log1p(member.regressedRatio)
  if (verdict === 'passed' && looksChanged) progress.set(id, { ...before, passedOnce: true })
  else progress.set(id, { member, settled: { logRatios: member.logRatios.slice(0, look), verdict } })
}

function conclude(judgement: FamilyJudgement, progress: Progress | undefined, noMore: boolean): FamilyJudgement {
  if (progress?.passedOnce !== true || progress.settled !== undefined) return judgement
  return { ...judgement, verdict: noMore ? 'passed' : 'undecided' }
}
