import { didYouMean } from '../errors/index.ts'
import type { Budget } from '../run/index.ts'
import { type BudgetProblem, parseBudget } from './budget-text.ts'

const NS_PER_MS = 1e6
const NS_PER_SEC = 1e9
const NAMES: readonly string[] = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'errors']
const EXAMPLE = 'p99<200ms,errors<0.1%'
/** Why these budgets are none that a rate could be searched for with. */
const OTHER_BUDGETS: Readonly<Record<string, string>> = {
  goodput: 'goodput is what is looked for, and no limit to it',
  notSent: 'what is not sent is judged anyway: 99 % of what is offered has to be achieved',
}

/**
 * What a target has to keep to at a rate that counts, as people write it: `p99<200ms,errors<0.1%`. Limits are those of budgets.
 *
 * @returns limits in ns and ratios (0..1), at least one
 */
export function parseObjective(text: string): readonly Budget[] | BudgetProblem {
  const budgets: Budget[] = []
  for (const part of text.split(',')) {
    const budget = parsePart(part)
    if ('problem' in budget) return budget
    if (budgets.some((other) => isOfTheSame(budget, other))) {
      return { problem: `${budgetName(budget)} is limited twice; say once how far it may go` }
    }
    budgets.push(budget)
  }
  return budgets
}

function parsePart(part: string): Budget | BudgetProblem {
  const [, name = '', relation = '', limit = ''] = /^\s*([^=<>≤≥\s]+)\s*([=<>≤≥]+)\s*(.+?)\s*$/.exec(part) ?? []
  if (name === '') return { problem: `"${part.trim()}" is no limit; write an objective such as ${EXAMPLE}` }
  if (Object.hasOwn(OTHER_BUDGETS, name)) return { problem: OTHER_BUDGETS[name] ?? '' }
  if (!/^p\d/.test(name) && name !== 'errors') {
    return { problem: `there is no objective "${name}"${didYouMean(name, NAMES)}; there are ${NAMES.join(', ')}` }
  }
  if (!['<', '<=', '≤', '='].includes(relation)) {
    return { problem: `${name}${relation}${limit} asks for no limit; write ${name}<${limit}` }
  }
  return parseBudget(name, limit)
}

function isOfTheSame(left: Budget, right: Budget): boolean {
  return left.metric === right.metric && left.quantileRatio === right.quantileRatio
}

/** `p99`, `errors`, as it is written. */
export function budgetName({ quantileRatio }: Budget): string {
  // By its digits: 100 × 0.9995 is no 99.95.
  return quantileRatio === undefined ? 'errors' : `p${Number((100 * quantileRatio).toPrecision(12))}`
}

/** The same again, in one spelling: what was measured with `p99 <= 0.2s` may be compared with `p99<200ms`. */
export function objectiveText(objective: readonly Budget[]): string {
  return objective.map((budget) => `${budgetName(budget)}<${limitText(budget)}`).join(',')
}

function limitText({ quantileRatio, limit }: Budget): string {
  if (quantileRatio === undefined) return `${Number((100 * limit).toPrecision(6))}%`
  const seconds = limit / NS_PER_SEC
  return Number.isInteger(seconds) ? `${seconds}s` : `${Number((limit / NS_PER_MS).toPrecision(6))}ms`
}
