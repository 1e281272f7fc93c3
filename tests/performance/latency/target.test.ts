import { judgeBudgets, type Run } from '@gw/perf-kit'
import { beforeAll, describe, expect, it } from 'vitest'
import { knowsItsLevels, measureGateway, untilLevelsAreKnown } from './measure-gateway.ts'

const MS = 1e6
/** The mission's targets, for a gateway whose backend is fast, at half of what it can do. */
const TARGETS = [
  { task: '4.1.2', name: 'p50', quantileRatio: 0.5, limitMs: 50 },
  { task: '4.1.3', name: 'p95', quantileRatio: 0.95, limitMs: 100 },
  { task: '4.1.4', name: 'p99', quantileRatio: 0.99, limitMs: 200 },
]
const budgets = TARGETS.map(({ quantileRatio, limitMs }) => ({
  metric: 'responseTime',
  quantileRatio,
  limit: limitMs * MS,
}))

let fast: Run
let slow: Run

beforeAll(async () => {
  fast = await untilLevelsAreKnown(() => measureGateway('fixed:1ms', { levels: [{ capacityRatio: 0.5 }], budgets }))
  slow = await measureGateway('fixed:250ms', { levels: [{ clients: 6 }], budgets })
})

function stateOf(run: Run, quantileRatio: number): string | undefined {
  const own = run.metrics.filter(({ subject }) => !subject.includes(' · capacity, '))
  return judgeBudgets({ ...run, metrics: own }).find(({ budget }) => budget.quantileRatio === quantileRatio)?.state
}

describe.each(TARGETS)('$task test $name latency under $limitMs ms', ({ quantileRatio }) => {
  it('is not broken by the reference gateway at half of its capacity, in a run that is a measurement', (context) => {
    const state = stateOf(fast, quantileRatio)
    // Of a run whose load is not known nothing follows, and it has said why. That the generator was late counts against the gateway.
    if (!knowsItsLevels(fast)) context.skip(`no measurement here: ${fast.validity.reasons.join('; ')}`)
    expect(quantileRatio === 0.5 ? ['kept'] : ['kept', 'undecided']).toContain(state)
  })

  it('is broken, or too little is known, with a backend that takes 250 ms', () => {
    expect(['broken', 'undecided']).toContain(stateOf(slow, quantileRatio))
  })
})

describe('4.1 latency targets', () => {
  it('tell a fast gateway from a slow one', () => {
    expect(stateOf(slow, 0.5)).toBe('broken')
    expect(slow.validity.state).not.toBe('invalid')
  })
})
