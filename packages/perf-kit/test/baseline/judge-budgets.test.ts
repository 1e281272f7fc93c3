import { expect, it } from 'vitest'
import { judgeBudgets } from '../../src/baseline/judge-budgets.ts'
import type { Budget, Metric } from '../../src/run/index.ts'
import { loadHistograms } from '../../src/run/index.ts'

const MS = 1e6
const P99: Budget = { metric: 'responseTime', quantileRatio: 0.99, limit: 200 * MS }

/** So many answers in 10 ms, and so many in 500 ms. */
function times(fast: number, slow: number): Metric {
  const histogram = loadHistograms().build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
  if (fast > 0) histogram.recordValueWithCount(10 * MS, fast)
  if (slow > 0) histogram.recordValueWithCount(500 * MS, slow)
  const data = loadHistograms().encodeIntoCompressedBase64(histogram)
  return {
    subject: 'GET /',
    name: 'responseTime',
    unit: 'ns',
    better: 'lower',
    gates: false,
    value: histogram.mean,
    evidence: { kind: 'histogram', encoding: 'hdr-v2-compressed-base64', count: fast + slow, data },
  }
}

function metric(name: string, better: Metric['better'], low: number, high: number): Metric {
  const value = (low + high) / 2
  const interval = { low, high, coverageRatio: 0.95 }
  const evidence = { kind: 'repetitions' as const, values: [value] }
  return { subject: 'GET /', name, unit: 'ratio', better, gates: true, value, interval, evidence }
}

function stateOf(metrics: readonly Metric[], ...budgets: Budget[]) {
  return judgeBudgets({ metrics: [...metrics], budgets }).map(({ state }) => state)
}

// Bounds of Clopper and Pearson (1934); R: binom.test(k, n)$conf.int
it.each([
  ['keeps p99 when far fewer than 1 % are slower', 100_000, 500, 'kept'],
  ['breaks it when far more are', 100_000, 2_000, 'broken'],
  ['is in doubt when about as many are', 100_000, 1_000, 'undecided'],
  ['is in doubt after 300 requests, though none was slow: p99 of 368 and fewer can be by chance', 300, 0, 'undecided'],
  ['keeps it after 400, none of which was slow', 400, 0, 'kept'],
  ['breaks it after 5, when all were slow', 0, 5, 'broken'],
  ['is in doubt after 3, one of which was slow', 2, 1, 'undecided'],
])('%s', (_title, fast, slow, state) => {
  expect(stateOf([times(fast, slow)], P99)).toEqual([state])
})

it('tells how many were beyond, and the quantile', () => {
  const [verdict] = judgeBudgets({ metrics: [times(9_000, 1_000)], budgets: [P99] })
  expect(verdict?.beyond).toMatchObject({ count: 1_000, of: 10_000 })
  // R: binom.test(1000, 10000)$conf.int
  expect(verdict?.beyond?.lowRatio).toBeCloseTo(0.09419, 4)
  expect(verdict?.beyond?.highRatio).toBeCloseTo(0.10605, 4)
  expect((verdict?.value ?? 0) / MS).toBeCloseTo(500, 0)
})

it.each([
  ['kept when the whole interval is below', 0.001, 0.002, 'lower', 'kept'],
  ['undecided when it lies across', 0.001, 0.02, 'lower', 'undecided'],
  ['broken when it is above', 0.02, 0.03, 'lower', 'broken'],
  ['kept above, where higher is better', 0.02, 0.03, 'higher', 'kept'],
  ['broken below, where higher is better', 0.001, 0.002, 'higher', 'broken'],
] as const)('is %s', (_title, low, high, better, state) => {
  expect(stateOf([metric('x', better, low, high)], { metric: 'x', limit: 0.01 })).toEqual([state])
})

it('does not decide by a value without an interval', () => {
  const { interval: _interval, ...without } = metric('x', 'lower', 0.001, 0.002)
  expect(stateOf([without], { metric: 'x', limit: 0.01 })).toEqual(['undecided'])
})

it('is broken when there is nothing to measure it by', () => {
  expect(stateOf([metric('other', 'lower', 0, 1)], P99)).toEqual(['broken'])
  expect(stateOf([], P99)).toEqual(['broken'])
})

it('is in doubt about what an engine does not measure, when requests were answered', () => {
  const errors: Metric = {
    ...metric('errorRatio', 'lower', 0, 0.1),
    evidence: { kind: 'proportion', part: 0, whole: 50 },
  }
  expect(stateOf([errors], P99)).toEqual(['undecided'])
})

it('does not take failures whose time nobody knows for fast ones, nor for slow ones', () => {
  const errorsOf = (whole: number): Metric => ({
    ...metric('errorRatio', 'lower', 0, 1),
    evidence: { kind: 'proportion', part: whole - 1_000, whole },
  })
  expect(stateOf([times(1_000, 0), errorsOf(1_000)], P99)).toEqual(['kept'])
  expect(stateOf([times(1_000, 0), errorsOf(1_050)], P99)).toEqual(['undecided'])
  expect(stateOf([times(0, 1_000), errorsOf(1_050)], P99)).toEqual(['broken'])
})

it('does not decide by an interval that covers less than 95 %', () => {
  const rough = metric('x', 'lower', 0.001, 0.002)
  const interval = { low: 0.001, high: 0.002, coverageRatio: 0.875 }
  expect(stateOf([{ ...rough, interval }], { metric: 'x', limit: 0.01 })).toEqual(['undecided'])
})

it('judges each subject, and each budget', () => {
  const second = { ...times(0, 5), subject: 'GET /b' }
  expect(stateOf([times(400, 0), second], P99, { metric: 'y', limit: 1 })).toEqual(['kept', 'broken', 'broken'])
})

it('judges a whole, and not each of the parts that it consists of', () => {
  const part = { ...times(0, 5), subject: 'GET / › ping' }
  expect(stateOf([times(400, 0), part], P99)).toEqual(['kept'])
})
