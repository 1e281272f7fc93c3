import type { Histogram } from 'hdr-histogram-js'
import { type Budget, loadHistograms, type Metric, partOf, type Run } from '../run/index.ts'
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
    if (found.length > 0) return found.map((metric) => judgeBudget(metric, budget))
    return [{ subject: subjects[0] ?? '', budget, state: 'broken' as const }]
  })
}

function judgeBudget(metric: Metric, budget: Budget): BudgetVerdict {
  const { subject, evidence, interval, value } = metric
  const { quantileRatio, limit } = budget
  if (quantileRatio !== undefined) {
    if (evidence.kind !== 'histogram') return { subject, budget, state: 'undecided', metric }
    return judgeQuantile(metric, loadHistograms().decodeFromCompressedBase64(evidence.data), budget, quantileRatio)
  }
  const [best, worst] = metric.better === 'lower' ? [interval?.low, interval?.high] : [interval?.high, interval?.low]
  const keeps = (bound: number): boolean => (metric.better === 'lower' ? bound <= limit : bound >= limit)
  if (best === undefined || worst === undefined) return { subject, budget, state: 'undecided', metric, value }
  return { subject, budget, state: keeps(worst) ? 'kept' : keeps(best) ? 'undecided' : 'broken', metric, value }
}

function judgeQuantile(metric: Metric, histogram: Histogram, budget: Budget, quantileRatio: number): BudgetVerdict {
  const of = histogram.totalCount
  const count = countBeyond(histogram, budget.limit)
  const { lowRatio, highRatio } = binomialInterval(count, of, CONFIDENCE_RATIO)
  const allowedRatio = 1 - quantileRatio
  const state = highRatio <= allowedRatio ? 'kept' : lowRatio > allowedRatio ? 'broken' : 'undecided'
  const value = histogram.getValueAtPercentile(100 * quantileRatio)
  return { subject: metric.subject, budget, state, metric, value, beyond: { count, of, lowRatio, highRatio } }
}

/** The library tells values of ranks, and not ranks of values: the last rank within the limit, by bisection. */
function countBeyond(histogram: Histogram, limit: number): number {
  const total = histogram.totalCount
  let within = 0
  let beyond = total + 1
  while (beyond - within > 1) {
    const rank = Math.floor((within + beyond) / 2)
    if (histogram.getValueAtPercentile((100 * rank) / total) <= limit) within = rank
    else beyond = rank
  }
  return total - within
}
