import { didYouMean } from '../errors/index.ts'
import type { Budget } from '../run/index.ts'
import { parseDurationNs } from '../units/index.ts'

/** What is wrong with a budget, as a sentence; shown by whoever read the text. */
export interface BudgetProblem {
  readonly problem: string
}

const RATIOS: Readonly<Record<string, string>> = { errors: 'errorRatio', notSent: 'notSentRatio' }
const NAMES: readonly string[] = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'errors', 'notSent', 'goodput']

/**
 * One budget as people write it: `p99` and `200ms`, `errors` and `0.1%`, `goodput` and `1000/s`. Any percentile will do: p99.95.
 *
 * @returns limits in ns, ratios (0..1) and per second
 */
export function parseBudget(name: string, limit: string): Budget | BudgetProblem {
  const [, percent] = /^p(\d{1,2}(?:\.\d+)?)$/.exec(name) ?? []
  if (percent !== undefined && Number(percent) > 0) {
    return ofDuration(name, limit, { metric: 'responseTime', quantileRatio: quantileRatioOf(percent) })
  }
  const ratio = Object.hasOwn(RATIOS, name) ? RATIOS[name] : undefined
  if (ratio !== undefined) return ofPercent(name, limit, ratio)
  if (name === 'goodput') return ofRate(limit)
  return { problem: `there is no budget "${name}"${didYouMean(name, NAMES)}; there are ${NAMES.join(', ')}` }
}

/** Of the digits that were written: 99.9 / 100 is no 0.999. */
function quantileRatioOf(percent: string): number {
  const [whole = '', decimals = ''] = percent.split('.')
  return Number(`0.${whole.padStart(2, '0')}${decimals}`)
}

function ofDuration(name: string, text: string, budget: Omit<Budget, 'limit'>): Budget | BudgetProblem {
  const limit = parseDurationNs(text)
  if (limit === undefined) return { problem: `${name}: "${text}" is no duration; write it like 200ms` }
  return { ...budget, limit }
}

function ofPercent(name: string, text: string, metric: string): Budget | BudgetProblem {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? []
  if (percent === undefined || Number(percent) > 100) {
    return { problem: `${name}: "${text}" is no share; write it like 0.1%` }
  }
  if (Number(percent) === 0) {
    return { problem: `${name}: no number of requests shows that there is never one; write a small share, like 0.1%` }
  }
  return { metric, limit: Number(percent) / 100 }
}

function ofRate(text: string): Budget | BudgetProblem {
  const [, rate] = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text.trim()) ?? []
  if (rate === undefined) return { problem: `goodput: "${text}" is no rate; write it like 1000/s` }
  return { metric: 'goodput', limit: Number(rate) }
}
