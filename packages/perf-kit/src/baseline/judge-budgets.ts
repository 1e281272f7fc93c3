import type { Histogram } from 'hdr-histogram-js'
import { type Budget, countBeyond, loadHistograms, type Metric, partOf, type Run } from '../run/index.ts'
import { binomialInterval } from '../stats/index.ts'

export type BudgetState = 'kept' | 'broken' | 'undecided'

/** Two-sided: each of the two mistakes is made in one of forty cases at most. */
const CONFIDENCE_RATIO = 0.95

/** What became of one budget of one subject, with the numbers that decided it. */
export interface BudgetVerdict {
  readonly subject: string
  readonly budget: Budget
  readonly state: BudgetState
  /** absent when there was nothing to measure */
  readonly metric?: Metric
  /** of the metric, or of the quantile of its distribution */
  readonly value?: number
  /** of a quantile: how many were beyond the limit, and how many that may be with the numbers there are */
  readonly beyond?: BeyondLimit
}

export interface BeyondLimit {
  readonly count: number
  readonly of: number
  readonly lowRatio: number
  readonly highRatio: number
}

/**
 * Whether the metrics of a Run keep to its budgets. A budget is kept when the whole confidence interval keeps to it and broken
 * when none of it does. A quantile's budget is a statement about the share beyond it: p99 ≤ 200 ms says that 1 % at most take
 * longer, which is tested by the exact interval of a proportion and so for any number of requests. Nothing measured breaks it.
 * What a whole consists of, such as the operations of a mix, is not judged beside it.
 */
export function judgeBudgets({ budgets = [], metrics }: Pick<Run, 'budgets' | 'metrics'>): BudgetVerdict[] {
  const subjects = [...new Set(metrics.map(({ subject }) => subject))]
  const isPart = (subject: string): boolean => subjects.some((whole) => partOf(whole, subject) !== undefined)
  const wholes = new Set(subjects.filter((subject) => !isPart(subject)))
  return budgets.flatMap((budget) => {
    const found = metrics.filter(({ name, subject }) => name === budget.metric && wholes.has(subject))
    if (found.length > 0) return found.map((metric) => judgeBudget(metric, budget, endedOf(metric, metrics)))
    return [
      {
        subject: subjects[0] ?? '',
        budget,
        state: hasRequests(metrics) ? ('undecided' as const) : ('broken' as const),
      },
    ]
  })
}

/** Some engines do not measure what a budget is about: that is no news of the target. */
function hasRequests(metrics: readonly Metric[]): boolean {
  return metrics.some(
    ({ name, evidence }) => name === 'errorRatio' && evidence.kind === 'proportion' && evidence.whole > 0,
  )
}

function judgeBudget(metric: Metric, budget: Budget, ended: number): BudgetVerdict {
  const { subject, evidence, interval, value } = metric
  const { quantileRatio, limit } = budget
  if (quantileRatio !== undefined) {
    if (evidence.kind !== 'histogram') return { subject, budget, state: 'undecided', metric }
    const histogram = loadHistograms().decodeFromCompressedBase64(evidence.data)
    return judgeQuantile(metric, histogram, { budget, quantileRatio, ended })
  }
  const [best, worst] = metric.better === 'lower' ? [interval?.low, interval?.high] : [interval?.high, interval?.low]
  const keeps = (bound: number): boolean => (metric.better === 'lower' ? bound <= limit : bound >= limit)
  const isNarrowEnough = (interval?.coverageRatio ?? 0) >= CONFIDENCE_RATIO
  if (best === undefined || worst === undefined || !isNarrowEnough)
    return { subject, budget, state: 'undecided', metric, value }
  return { subject, budget, state: keeps(worst) ? 'kept' : keeps(best) ? 'undecided' : 'broken', metric, value }
}

/** Requests of the metric's subject that ended, with a time or without one. */
function endedOf({ subject }: Metric, metrics: readonly Metric[]): number {
  const errors = metrics.find((metric) => metric.subject === subject && metric.name === 'errorRatio')
  return errors?.evidence.kind === 'proportion' ? errors.evidence.whole : 0
}

interface QuantileQuestion {
  readonly budget: Budget
  readonly quantileRatio: number
  readonly ended: number
}

/** What ended and nobody knows when may have been within the limit or beyond it: it decides nothing in either direction. */
function judgeQuantile(metric: Metric, histogram: Histogram, question: QuantileQuestion): BudgetVerdict {
  const { budget, quantileRatio, ended } = question
  const of = Math.max(histogram.totalCount, ended)
  const untimed = of - histogram.totalCount
  const count = countBeyond(histogram, budget.limit)
  const { lowRatio } = binomialInterval(count, of, CONFIDENCE_RATIO)
  const { highRatio } = binomialInterval(count + untimed, of, CONFIDENCE_RATIO)
  const allowedRatio = 1 - quantileRatio
  const state = highRatio <= allowedRatio ? 'kept' : lowRatio > allowedRatio ? 'broken' : 'undecided'
  const value = histogram.getValueAtPercentile(100 * quantileRatio)
  return { subject: metric.subject, budget, state, metric, value, beyond: { count, of, lowRatio, highRatio } }
}
