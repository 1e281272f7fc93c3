import type { Metric, Run } from '../run/index.ts'
import { type FamilyJudgement, median, type NullBias, nullBias } from '../stats/index.ts'
import { doubtsAboutRun } from './comparable.ts'
import type { Comparison } from './comparison.ts'
import { naturalEffect, withFloor } from './log-cost.ts'
import { type PairedMetric, pairedMetrics, pooledNullRatios } from './paired-metrics.ts'
import { signedPercent } from './percent.ts'
import { explain } from './reasons.ts'
import { type FamilyMargins, judgeSequentially } from './sequential-family.ts'
import { policyOf } from './unit-policy.ts'
import { unjudgedVerdict } from './unjudged-verdict.ts'
import type { Verdict } from './verdict.ts'

export interface JudgePairsOptions {
  /** pairs after which the evidence was looked at, ascending; those of the design when not given */
  readonly looks?: readonly number[]
}

/** Below this no bias of the null pairs could be seen at its level (see `nullBias`). */
const FEWEST_NULL_PAIRS = 8

/**
 * Verdicts on Runs that hold interleaved pairs, one comparison a Run. All gating metrics of all Runs are one family, so that
 * more benchmarks do not mean more false alarms; the metrics that don't gate are another. A pure function of the Runs.
 */
export function judgePairRuns(runs: readonly Run[], options: JudgePairsOptions = {}): Comparison[] {
  const all = pairedMetrics(runs)
  const judgements = new Map([
    ...judgeAll(
      all.filter(({ metric }) => metric.gates),
      options,
      true,
    ),
    ...judgeAll(
      all.filter(({ metric }) => !metric.gates),
      options,
      true,
    ),
  ])
  const nulls = pooledNullRatios(runs)
  const bias = nulls.length > 0 ? nullBias(nulls) : undefined
  return runs.map((run) => {
    const advisoryReasons = doubtsAboutRun(run)
    const own = all.filter((paired) => paired.run === run)
    return {
      suite: run.suite,
      configuration: run.configuration,
      against: {
        kind: 'ref',
        ref: run.against?.ref ?? 'the other side',
        commit: run.against?.commit ?? null,
        dirty: run.against?.dirty ?? false,
      },
      gating: advisoryReasons.length === 0,
      advisoryReasons,
      doubts: doubtsAboutNulls(bias),
      verdicts: own.map((paired) =>
        settleGuard(
          paired.metric,
          distrust(toVerdict(paired, judgements.get(paired.id), advisoryReasons.length === 0), bias),
        ),
      ),
      added: [],
      removed: [],
    }
  })
}

/** Subjects with a gating metric that the pairs so far do not decide: those worth measuring on. Guards are not waited for. */
export function undecidedSubjects(runs: readonly Run[], options: JudgePairsOptions = {}): Set<string> {
  const gating = pairedMetrics(runs).filter(({ metric }) => metric.gates)
  const judgements = judgeAll(gating, options, false)
  const undecided = gating.filter(
    ({ id, metric }) => metric.guard !== true && judgements.get(id)?.verdict === 'undecided',
  )
  return new Set(undecided.map(({ metric }) => metric.subject))
}

function judgeAll(paired: readonly PairedMetric[], options: JudgePairsOptions, final: boolean) {
  const members = paired.flatMap(({ id, metric, baseline, logRatios }) =>
    logRatios === undefined ? [] : [{ id, logRatios, ...marginsOf(metric, baseline) }],
  )
  return judgeSequentially(members, { ...options, final })
}

/** What a change must exceed to count, and what a pass must stay below. */
function marginsOf({ unit }: Metric, baseline: readonly number[]): FamilyMargins {
  const { regressedRatio, nonInferiorRatio, pairedFloor } = policyOf(unit)
  const value = median(baseline)
  return {
    regressedRatio: withFloor(regressedRatio, pairedFloor, value, unit),
    nonInferiorRatio: withFloor(nonInferiorRatio, pairedFloor, value, unit),
  }
}

function toVerdict(
  { metric, baseline, candidate }: PairedMetric,
  judgement: FamilyJudgement | undefined,
  gating: boolean,
): Verdict {
  const { regressedRatio, nonInferiorRatio } = marginsOf(metric, baseline)
  const gates = metric.gates && gating
  const common = { gates, baselineValue: median(baseline), thresholdRatio: regressedRatio }
  if (judgement === undefined) {
    const sampleCounts = { baseline: baseline.length, candidate: candidate.length }
    return unjudgedVerdict({ metric, ...common, sampleCounts, reason: 'holds values below zero, which have no ratio' })
  }
  const state = judgement.verdict === 'undecided' ? 'inconclusive' : judgement.verdict
  const effect = naturalEffect(judgement, metric.better)
  return {
    subject: metric.subject,
    metric: metric.name,
    unit: metric.unit,
    better: metric.better,
    state,
    ...common,
    candidateValue: median(candidate),
    effectRatio: effect.effectRatio,
    low: effect.lowRatio,
    high: effect.highRatio,
    coverageRatio: judgement.coverageRatio,
    test: 'signed-rank',
    pValues: {
      worse: judgement.pRegressedHolm,
      better: judgement.pImprovedHolm,
      withinMargin: judgement.pNonInferior,
    },
    sampleCounts: { baseline: judgement.n, candidate: judgement.n },
    reason: explain({
      state,
      better: metric.better,
      ...effect,
      thresholdRatio: regressedRatio,
      marginRatio: nonInferiorRatio,
    }),
  }
}

/**
 * Take back what a machine that favours one side may have made up. A regression or an improvement in speed goes whenever the null
 * pairs are biased. A pass goes when the bias is at least half the margin that it is about: below that, what it hides is
 * smaller than what a pass lets through anyway. Bytes and counts stay: they don't depend on the machine's speed.
 */
function distrust(verdict: Verdict, bias: NullBias | undefined): Verdict {
  const { dependsOnSpeed, nonInferiorRatio } = policyOf(verdict.unit)
  if (bias === undefined || !bias.biased || !dependsOnSpeed || verdict.state === 'inconclusive') return verdict
  if (verdict.state === 'passed' && Math.abs(bias.effectRatio) < nonInferiorRatio / 2) return verdict
  const seen = `two copies of the same code differ by ${signedPercent(bias.effectRatio)} on this machine`
  return { ...verdict, state: 'inconclusive', reason: `${seen}, so this is not to be trusted: ${verdict.reason}` }
}

/** A guard speaks up or is silent: what it cannot tell is no reason to doubt what it guards. */
function settleGuard({ guard }: Metric, verdict: Verdict): Verdict {
  return guard === true && verdict.state !== 'regressed' ? { ...verdict, gates: false } : verdict
}

function doubtsAboutNulls(bias: NullBias | undefined): string[] {
  if (bias === undefined)
    return ['no null pairs were measured, so a machine that favours one side would not be noticed']
  if (bias.biased) {
    const range = `${signedPercent(bias.lowRatio)} … ${signedPercent(bias.highRatio)}`
    return [
      `null pairs differ by ${signedPercent(bias.effectRatio)} (${range}): close other programs and measure again`,
    ]
  }
  if (bias.n < FEWEST_NULL_PAIRS) return [`${bias.n} null pairs are too few to notice a machine that favours one side`]
  const counts = policyOf('ns').regressedRatio
  if (bias.lowRatio > -counts && bias.highRatio < counts) return []
  const range = `${signedPercent(bias.lowRatio)} … ${signedPercent(bias.highRatio)}`
  return [`this machine may favour one side by as much as counts: null pairs show ${range}`]
}
