import { InvalidArgumentError } from 'commander'
import { parseBudget } from '../config/index.ts'
import type { Budget } from '../run/index.ts'

/** For commander: `p99=200ms,errors=0.1%`, and may be given several times. */
export function budgetOption(text: string, previous: readonly Budget[] | undefined): readonly Budget[] {
  const budgets = text.split(',').map((part) => {
    const [, name = '', limit = ''] = /^\s*([^=<>≤≥]+?)\s*(?:=|<=?|≤|>=?|≥)\s*(.+?)\s*$/.exec(part) ?? []
    const budget = name === '' ? undefined : parseBudget(name, limit)
    if (budget === undefined) throw new InvalidArgumentError('Write budgets such as p99=200ms,errors=0.1%.')
    if ('problem' in budget) throw new InvalidArgumentError(`${budget.problem}.`)
    return budget
  })
  return [...(previous ?? []), ...budgets]
}
