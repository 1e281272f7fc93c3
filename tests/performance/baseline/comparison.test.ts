import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BaselineManager, overallState } from '../../../packages/perf-kit/src/baseline/index.ts'
import type { Metric } from '../../../packages/perf-kit/src/run/index.ts'
import {
  makeRun,
  OTHER_ENVIRONMENT,
  repeated,
  valuesAround,
} from '../../../packages/perf-kit/test/baseline/make-run.ts'

let directory: string
let manager: BaselineManager

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'perf-kit-compare-'))
  manager = new BaselineManager({ directory })
})

afterEach(() => rm(directory, { recursive: true, force: true }))

/** Accept one set of values, then judge another by it, through the file. */
async function judge(before: readonly number[], after: readonly number[], metric: Partial<Metric>) {
  await manager.accept(makeRun({ metrics: [repeated(before, metric)] }), { by: 'Ada', reason: 'first', at: new Date() })
  const comparison = await manager.compare(makeRun({ metrics: [repeated(after, metric)] }))
  return { ...comparison, verdict: comparison.verdicts[0], overall: overallState(comparison.verdicts) }
}

describe('6.2.2 latency regression detection', () => {
  const latency = { subject: 'gateway/call', name: 'latencyP99', unit: 'ns', better: 'lower' } as const

  it('finds a latency that has risen by a fifth, and says by how much', async () => {
    const { verdict, overall } = await judge(valuesAround(2e6, 0.03), valuesAround(2.4e6, 0.03), latency)
    expect(overall).toBe('regressed')
    expect(verdict?.effectRatio).toBeCloseTo(0.2, 1)
    expect(verdict?.low).toBeGreaterThan(0.1)
    expect(verdict?.reason).toMatch(/^worse: \+20\S* % \(/)
  })

  it('passes a latency that has risen by less than counts', async () => {
    const { overall } = await judge(valuesAround(2e6), valuesAround(2.06e6), latency)
    expect(overall).toBe('passed')
  })

  it('calls a latency that has fallen improved', async () => {
    const { overall } = await judge(valuesAround(2e6), valuesAround(1.5e6), latency)
    expect(overall).toBe('improved')
  })

  it('does not pretend to know when the noise is larger than the change', async () => {
    const { overall } = await judge(valuesAround(2e6, 0.4), valuesAround(2.2e6, 0.4), latency)
    expect(overall).toBe('inconclusive')
  })

  it('does not pretend to know from three values, and says how many would do', async () => {
    const { verdict, overall } = await judge([100, 101, 102], [200, 201, 202], latency)
    expect(overall).toBe('inconclusive')
    expect(verdict?.reason).toMatch(/measure at least \d+ a side/)
  })
})

describe('6.2.3 throughput regression detection', () => {
  const throughput = { subject: 'gateway/call', name: 'throughput', unit: 'perSec', better: 'higher' } as const

  it('finds a throughput that has fallen by a fifth', async () => {
    const { verdict, overall } = await judge(valuesAround(40_000, 0.02), valuesAround(32_000, 0.02), throughput)
    expect(overall).toBe('regressed')
    expect(verdict?.effectRatio).toBeCloseTo(-0.2, 1)
  })

  it('calls a throughput that has risen improved', async () => {
    const { overall } = await judge(valuesAround(40_000), valuesAround(50_000), throughput)
    expect(overall).toBe('improved')
  })

  it('calls a throughput of nothing a regression, not a mystery', async () => {
    const { overall } = await judge(valuesAround(40_000), new Array<number>(10).fill(0), throughput)
    expect(overall).toBe('regressed')
  })
})

describe('6.2.4 memory regression detection', () => {
  const memory = { subject: 'gateway/call', name: 'allocatedPerOp', unit: 'bytes', better: 'lower' } as const
  const ten = (value: number) => new Array<number>(10).fill(value)

  it('finds a tenth more bytes for each operation', async () => {
    const { overall } = await judge(valuesAround(10_000, 0.005), valuesAround(11_000, 0.005), memory)
    expect(overall).toBe('regressed')
  })

  it('finds the first allocation of code that had none', async () => {
    const { overall } = await judge(ten(0), ten(48), memory)
    expect(overall).toBe('regressed')
  })

  it('does not make a regression of less than the smallest object', async () => {
    const { overall } = await judge(ten(32), ten(40), memory)
    expect(overall).toBe('passed')
  })
})

describe('comparing with stored numbers', () => {
  const accept = (run = makeRun()) => manager.accept(run, { by: 'Ada', reason: 'first', at: new Date() })
  const slower = [repeated(valuesAround(200))]

  it('shows the numbers of another environment, labelled, and lets them decide nothing', async () => {
    await accept(makeRun({ environment: OTHER_ENVIRONMENT }))
    const comparison = await manager.compare(makeRun({ metrics: slower }))
    expect(comparison).toMatchObject({
      gating: false,
      against: { kind: 'other-environment', environmentId: OTHER_ENVIRONMENT.id },
      verdicts: [{ state: 'regressed', gates: false }],
    })
    expect(comparison.advisoryReasons.join()).toContain('CPU count 8 → 2')
    expect(overallState(comparison.verdicts)).toBe('unjudged')
  })

  it('takes the baseline of its own environment when there are several', async () => {
    await accept(makeRun({ environment: OTHER_ENVIRONMENT, metrics: slower }))
    await accept()
    const comparison = await manager.compare(makeRun())
    expect(comparison).toMatchObject({ gating: true, against: { kind: 'baseline' }, verdicts: [{ state: 'passed' }] })
  })

  it('lets a suspect Run decide nothing', async () => {
    await accept()
    const validity = { state: 'suspect' as const, reasons: ['the time budget ended'] }
    const comparison = await manager.compare(makeRun({ metrics: slower, validity }))
    expect(comparison).toMatchObject({ gating: false, verdicts: [{ state: 'regressed', gates: false }] })
    expect(comparison.advisoryReasons.join()).toContain('the time budget ended')
  })

  it('says that there is no baseline yet', async () => {
    expect(await manager.compare(makeRun())).toMatchObject({
      against: { kind: 'nothing' },
      gating: false,
      advisoryReasons: ['there is no baseline yet'],
    })
  })

  it('lists what is new and what is gone, unless only a part was asked for', async () => {
    const named = (subject: string) => repeated(valuesAround(100), { subject })
    await accept(makeRun({ metrics: [named('routing/kept'), named('routing/gone')] }))
    const run = makeRun({ metrics: [named('routing/kept'), named('routing/new')] })
    const added = [{ subject: 'routing/new', metric: 'timePerOp' }]
    expect(await manager.compare(run)).toMatchObject({ added, removed: [{ subject: 'routing/gone' }] })
    expect(await manager.compare(run, { complete: false })).toMatchObject({ added, removed: [] })
  })

  it('honours the user’s own threshold for a metric', async () => {
    await accept()
    const run = makeRun({ metrics: [repeated(valuesAround(106))] })
    expect((await manager.compare(run)).verdicts[0]?.state).toBe('passed')
    const strict = await manager.compare(run, { thresholds: { timePerOp: 0.03 } })
    expect(strict.verdicts[0]).toMatchObject({ state: 'regressed', thresholdRatio: 0.03 })
  })
})

describe('a machine that as a whole is slower than when its baselines were accepted', () => {
  const NAMES = Array.from({ length: 9 }, (_, index) => `routing/${index}`)
  const runOf = (factorOf: (subject: string) => number) =>
    makeRun({ metrics: NAMES.map((subject) => repeated(valuesAround(100 * factorOf(subject)), { subject })) })

  async function judgeTogether(factorOf: (subject: string) => number) {
    await manager.accept(
      runOf(() => 1),
      { by: 'Ada', reason: 'first', at: new Date() },
    )
    const run = runOf(factorOf)
    return await manager.compare(run)
  }
  const regressedIn = ({ verdicts }: Awaited<ReturnType<typeof judgeTogether>>) =>
    verdicts.filter(({ state }) => state === 'regressed').map(({ subject }) => subject)

  it('makes no regressions of what all benchmarks share, and says what it left out', async () => {
    const comparison = await judgeTogether(() => 1.4)
    expect(new Set(comparison.verdicts.map(({ state }) => state))).toEqual(new Set(['passed']))
    expect(comparison.verdicts[0]?.candidateValue).toBeCloseTo(140, -1)
    expect(comparison.doubts).toEqual([expect.stringMatching(/^9 benchmarks together take \+40\S* % against when/)])
  })

  it('still finds the one that became slower than the others did', async () => {
    const slower = (subject: string) => (subject === 'routing/3' ? 1.3 : 1)
    expect(regressedIn(await judgeTogether((subject) => 1.4 * slower(subject)))).toEqual(['routing/3'])
  })

  it('does not let a few changes pass for the machine', async () => {
    const comparison = await judgeTogether((subject) => (subject < 'routing/3' ? 1.4 : 1))
    expect(regressedIn(comparison)).toEqual(['routing/0', 'routing/1', 'routing/2'])
    expect(comparison.doubts).toEqual([])
  })
})
