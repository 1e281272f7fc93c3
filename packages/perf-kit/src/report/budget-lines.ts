import { styleText } from 'node:util'
import { type BudgetState, type BudgetVerdict, judgeBudgets } from '../baseline/index.ts'
import type { Run, Unit } from '../run/index.ts'
import { formatQuantity } from './format-quantity.ts'
import { visibleText } from './visible-text.ts'

interface LineStyle {
  readonly unicode: boolean
  readonly colour: boolean
}

const SIGNS: Readonly<Record<BudgetState, readonly [unicode: string, ascii: string]>> = {
  kept: ['✓', '.'],
  broken: ['✗', '!'],
  undecided: ['?', '?'],
}
const COLOURS = { kept: 'green', broken: 'red', undecided: 'yellow' } as const
const LABELS: Readonly<Record<string, string>> = { errorRatio: 'errors', notSentRatio: 'not sent', goodput: 'goodput' }

/** A line a budget: what was promised, what was measured, and what decided. Empty for a Run without budgets. */
export function budgetLines(run: Run, style: LineStyle): string[] {
  const verdicts = judgeBudgets(run)
  const isOfSeveral = new Set(verdicts.map(({ subject }) => subject)).size > 1
  return verdicts.map((verdict) => {
    // Of one request at several loads, as `latency` measures it: what differs comes last.
    const where = isOfSeveral ? `${visibleText(verdict.subject.split(' · ').at(-1) ?? '')}: ` : ''
    const sign = SIGNS[verdict.state][style.unicode ? 0 : 1]
    const line = `${sign} ${where}${promise(verdict, style)}: ${finding(verdict, style)}`
    return style.colour ? styleText(COLOURS[verdict.state], line, { validateStream: false }) : line
  })
}

/** `p99 ≤ 200 ms` */
function promise({ budget, metric }: BudgetVerdict, style: LineStyle): string {
  const { quantileRatio, limit } = budget
  const known = Object.hasOwn(LABELS, budget.metric) ? LABELS[budget.metric] : undefined
  const label = quantileRatio === undefined ? (known ?? visibleText(budget.metric)) : percentileName(quantileRatio)
  const isHighGood = (metric?.better ?? (budget.metric === 'goodput' ? 'higher' : 'lower')) === 'higher'
  const relation = style.unicode ? (isHighGood ? '≥' : '≤') : isHighGood ? '>=' : '<='
  return `${label} ${relation} ${formatQuantity(limit, metric?.unit ?? unitOf(budget), style)}`
}

/** Of a budget for which there is no metric to tell. */
function unitOf({ metric, quantileRatio }: BudgetVerdict['budget']): Unit {
  if (quantileRatio !== undefined) return 'ns'
  if (metric === 'goodput') return 'perSec'
  return metric.endsWith('Ratio') ? 'ratio' : 'count'
}

/** 0.999 → p99.9; by its digits, because 100 × 0.9995 is no 99.95. */
function percentileName(quantileRatio: number): string {
  return `p${Number((100 * quantileRatio).toPrecision(12))}`
}

function finding({ state, metric, value, beyond }: BudgetVerdict, style: LineStyle): string {
  if (metric === undefined || value === undefined) {
    return state === 'undecided' ? 'not measured by this engine' : 'broken, because nothing was measured'
  }
  const measured = formatQuantity(value, metric.unit, style)
  const share = (ratio: number): string => formatQuantity(ratio, 'ratio', style)
  const { interval } = metric
  const range =
    beyond !== undefined
      ? `${share(beyond.count / beyond.of)} of ${beyond.of} requests took longer`
      : interval === undefined
        ? ''
        : `${formatQuantity(interval.low, metric.unit, style)} to ${formatQuantity(interval.high, metric.unit, style)}`
  if (state !== 'undecided') return range === '' ? measured : `${measured} (${range})`
  const doubt =
    beyond === undefined
      ? range || 'too short a run for an interval'
      : `${range}, and ${share(beyond.lowRatio)} to ${share(beyond.highRatio)} may: too few to tell`
  return `${measured} (${doubt})`
}
