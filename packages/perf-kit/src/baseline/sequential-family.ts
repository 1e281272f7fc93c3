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
  readonly looks?: readonly number[] | undefined
  /** no more pairs will come */
  readonly final: boolean
}

/** The design for one unit: the looks and risks of all, with margins of its own. */
export function designFor(unit: Unit, looks: readonly number[] = PAIR_DESIGN.looks): PairDesign {
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
 * @returns by id
 */
export function judgeSequentially(
  members: readonly UnitMember[],
  { looks, final }: FamilyOptions,
): Map<string, FamilyJudgement> {
  const unitOf = new Map(members.map(({ id, unit }) => [id, unit]))
  const units = [...new Set(unitOf.values())]
  const planned = looks ?? PAIR_DESIGN.looks
  const longest = Math.max(0, ...members.map(({ logRatios }) => logRatios.length))
  const reached = planned.filter((look) => look <= longest)
  const decided = new Map<string, FamilyJudgement & Pick<FamilyMember, 'logRatios'>>()
  let judgements = new Map<string, FamilyJudgement>()

  for (const look of reached.length === 0 ? [longest] : reached) {
    const family = members.map(({ id, logRatios }): FamilyMember => {
      const earlier = decided.get(id)
      if (earlier === undefined || earlier.verdict === 'undecided') return { id, logRatios: logRatios.slice(0, look) }
      return { id, logRatios: earlier.logRatios, decided: earlier.verdict }
    })
    judgements = new Map()
    // Holm's step is over the whole family and margins are not part of it, so each unit takes its own rows of its own pass.
    for (const unit of units) {
      const isLast = final && look === (reached.at(-1) ?? longest)
      for (const judgement of judgeFamily(family, { design: designFor(unit, planned), final: isLast })) {
        if (unitOf.get(judgement.id) === unit) judgements.set(judgement.id, judgement)
      }
    }
    for (const { id, logRatios } of family) {
      const judgement = judgements.get(id)
      const settled = judgement !== undefined && !['undecided', 'inconclusive'].includes(judgement.verdict)
      if (settled) decided.set(id, { ...judgement, logRatios })
    }
  }
  return judgements
}
