import { type Metric, metricKey, type Run } from '../run/index.ts'
import { judgeSamples, median, type SampleJudgement } from '../stats/index.ts'
import type { StoredMetric } from './baseline-document.ts'
import { bySubjectAndName } from './baseline-document.ts'
import { type CommonShift, withoutShift } from './common-shift.ts'
import type { MetricName } from './comparison.ts'
import { withFloor } from './log-cost.ts'
import { explain } from './reasons.ts'
import { comparedMetrics, samplesOf } from './samples.ts'
import { policyOf } from './unit-policy.ts'
import { unjudgedVerdict } from './unjudged-verdict.ts'
import type { Verdict } from './verdict.ts'

export interface CompareOptions {
  /** smallest relative change that counts, by metric name; the unit's default for the others */
  readonly thresholds?: Readonly<Record<string, number>>
  /** false when only some of the suite's subjects were asked for: what is missing has then not been removed */
  readonly complete?: boolean
}

export interface JudgingOptions extends CompareOptions {
  /** false makes every verdict advice */
  readonly gating: boolean
  /** what all Runs measured together share; left out of verdicts on speed */
  readonly shift: CommonShift
}

export interface StoredJudgement {
  readonly verdicts: Verdict[]
  readonly added: MetricName[]
  readonly removed: MetricName[]
}

/** Judge a Run's metrics by stored ones, as independent samples. */
export function judgeAgainstStored(
  run: Run,
  stored: readonly StoredMetric[],
  { thresholds = {}, complete = true, gating, shift }: JudgingOptions,
): StoredJudgement {
  const measured = comparedMetrics(run)
  const storedByKey = new Map(stored.map((metric) => [metricKey(metric), metric]))
  const measuredKeys = new Set(measured.map(metricKey))
  const failed = new Set(run.failures.map(({ subject }) => subject))
  const isRemoved = (metric: StoredMetric) => !measuredKeys.has(metricKey(metric)) && !failed.has(metric.subject)

  const verdicts: Verdict[] = []
  const added: MetricName[] = []
  for (const metric of measured) {
    const counterpart = storedByKey.get(metricKey(metric))
    const gates = metric.gates && metric.guard !== true && gating
    if (counterpart === undefined) added.push(nameOf(metric))
    else verdicts.push(judgeMetric(counterpart, metric, { gates, thresholds, shift }))
  }
  const removed = complete ? stored.filter(isRemoved).toSorted(bySubjectAndName).map(nameOf) : []
  return { verdicts, added, removed }
}

function judgeMetric(
  stored: StoredMetric,
  metric: Metric,
  { gates, thresholds, shift }: Required<Pick<JudgingOptions, 'thresholds' | 'shift'>> & Pick<Verdict, 'gates'>,
): Verdict {
  const before = samplesOf(stored)
  const measured = samplesOf(metric)
  const after = measured && withoutShift(measured, metric, shift)
  const { smoothing, storedRatio, storedFloor } = policyOf(metric.unit)
  const configured = Object.hasOwn(thresholds, metric.name) ? thresholds[metric.name] : undefined
  const thresholdRatio = withFloor(configured ?? storedRatio, storedFloor, stored.value, metric.unit)
  const unjudged = (reason: string): Verdict =>
    unjudgedVerdict({
      metric,
      gates,
      baselineValue: stored.value,
      thresholdRatio,
      sampleCounts: { baseline: before?.length ?? 0, candidate: after?.length ?? 0 },
      reason,
    })
  if (stored.unit !== metric.unit || stored.better !== metric.better) {
    return unjudged(`was ${stored.unit} with ${stored.better} better when it was accepted: accept it again`)
  }
  if (before === undefined || after === undefined) {
    return unjudged('one distribution a side is one value a side: no test can tell whether it moved')
  }
  if (![...before, ...after].every((value) => Number.isFinite(value) && value + smoothing > 0)) {
    return unjudged('holds values below zero, which have no ratio')
  }
  const smoothed = (values: readonly number[]) => values.map((value) => value + smoothing)
  const judgement = judgeSamples(smoothed(before), smoothed(after), { better: metric.better, thresholdRatio })
  return toVerdict(metric, judgement, {
    gates,
    thresholdRatio,
    baselineValue: median(before),
    candidateValue: metric.value,
  })
}

function toVerdict(
  metric: Metric,
  { verdict: state, effect, ...judgement }: SampleJudgement,
  facts: Pick<Verdict, 'gates' | 'thresholdRatio' | 'baselineValue' | 'candidateValue'>,
): Verdict {
  const tooFew = judgement.warnings.find(({ code }) => code === 'TOO_FEW_SAMPLES')
  const range = { effectRatio: effect.estimate, lowRatio: effect.low, highRatio: effect.high }
  const { thresholdRatio } = facts
  return {
    subject: metric.subject,
    metric: metric.name,
    unit: metric.unit,
    better: metric.better,
    state,
    ...facts,
    effectRatio: effect.estimate,
    low: effect.low,
    high: effect.high,
    coverageRatio: effect.coverageRatio,
    test: 'rank-sum',
    pValues: { worse: judgement.pRegressed, better: judgement.pImproved, withinMargin: judgement.pNonInferior },
    sampleCounts: { baseline: judgement.nBaseline, candidate: judgement.nCandidate },
    reason:
      tooFew?.message ??
      explain({ state, better: metric.better, ...range, thresholdRatio, marginRatio: thresholdRatio }),
  }
}

function nameOf({ subject, name }: Pick<Metric, 'subject' | 'name'>): MetricName {
  return { subject, metric: name }
}
