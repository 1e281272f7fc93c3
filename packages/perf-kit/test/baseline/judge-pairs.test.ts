import { describe, expect, it } from 'vitest'
import { judgePairRuns, undecidedSubjects, verdictSchema } from '../../src/baseline/index.ts'
import type { Metric, Run } from '../../src/run/index.ts'
import { makeRun, noise, paired } from './make-run.ts'

const AGAINST = { ref: 'main', commit: 'a1b2c3d', dirty: false }

interface Change {
  readonly subject?: string
  /** candidate over baseline */
  readonly factor?: number
  readonly pairs?: number
  readonly spread?: number
  readonly seed?: number
}

function timed(
  { subject = 'routing/a', factor = 1, pairs = 48, spread = 0.01, seed = 1 }: Change,
  changes: Partial<Metric> = {},
): Metric {
  const draw = noise(seed)
  const side = (center: number) => Array.from({ length: pairs }, () => center * (1 + spread * draw()))
  return paired(side(100), side(100 * factor), { subject, ...changes })
}

/** Null pairs whose candidate side is so much slower than its copy. */
function nulls(factor = 1, pairs = 14): Metric {
  return timed({ factor, pairs, seed: 99 }, { name: 'nullTimePerOp', gates: false })
}

const bytes = (before: number, after: number, pairs = 48): Metric =>
  paired(new Array<number>(pairs).fill(before), new Array<number>(pairs).fill(after), {
    subject: 'routing/a',
    name: 'allocatedPerOp',
    unit: 'bytes',
  })

const judge = (metrics: Metric[], changes: Partial<Run> = {}) =>
  judgePairRuns([makeRun({ against: AGAINST, metrics, ...changes })])[0]
const statesOf = (metrics: Metric[]) => judge(metrics)?.verdicts.map(({ state }) => state)

describe('verdicts on pairs', () => {
  it.each([
    [1.12, 'regressed'],
    [1, 'passed'],
    [0.9, 'improved'],
  ])('calls a time multiplied by %d %s', (factor, expected) => {
    expect(statesOf([timed({ factor }), nulls()])).toEqual([expected])
  })

  it('says inconclusive when the noise hides whether it matters', () => {
    expect(statesOf([timed({ factor: 1.03, spread: 0.3 }), nulls()])).toEqual(['inconclusive'])
  })

  it('says inconclusive before the first look', () => {
    expect(statesOf([timed({ factor: 2, pairs: 9 }), nulls()])).toEqual(['inconclusive'])
  })

  it('turns directions round where higher is better', () => {
    const throughput = { name: 'throughput', unit: 'perSec', better: 'higher' } as const
    const verdict = judge([timed({ factor: 0.8 }, throughput), nulls()])?.verdicts[0]
    expect(verdict?.state).toBe('regressed')
    expect(verdict?.effectRatio).toBeCloseTo(-0.2, 1)
    expect(verdict?.low).toBeLessThan(verdict?.effectRatio ?? 0)
    expect(verdict?.high).toBeGreaterThan(verdict?.effectRatio ?? 0)
  })

  it.each([
    [0, 0, 'passed'],
    [0, 16, 'regressed'],
    [640, 664, 'passed'],
    [640, 704, 'regressed'],
    [640, 320, 'improved'],
  ])('takes %d bytes becoming %d as %s', (before, after, expected) => {
    expect(statesOf([bytes(before, after), nulls()])).toEqual([expected])
  })

  it.each([
    [0, 7, 'passed'],
    [0, 9, 'regressed'],
    [1000, 1040, 'passed'],
    [1000, 1080, 'regressed'],
  ])('beside a time that is judged too, takes %d bytes becoming %d as %s', (before, after, expected) => {
    expect(statesOf([timed({}), bytes(before, after), nulls()])).toEqual(['passed', expected])
  })

  it('waits for later looks when a pass looks like a change, in either direction', () => {
    const run = (pairs: number) => [makeRun({ metrics: [timed({ pairs }), bytes(1000, 1080, pairs), nulls()] })]
    expect(undecidedSubjects(run(10))).toEqual(new Set(['routing/a']))
    expect(undecidedSubjects(run(15))).toEqual(new Set())
  })

  it('finds an improvement among many benchmarks, although a pass needs fewer pairs', () => {
    const others = Array.from({ length: 30 }, (_, index) => timed({ subject: `routing/${index}`, seed: index + 2 }))
    const states = statesOf([timed({ factor: 0.9, subject: 'routing/better' }), ...others, nulls()])
    expect(states?.[0]).toBe('improved')
    expect(new Set(states?.slice(1))).toEqual(new Set(['passed']))
  })

  it('judges all Runs as one family, so that more benchmarks do not mean more false alarms', () => {
    const barely = (subject: string): Metric => {
      // Ten pairs that all point one way: p = 2^-10, enough for one metric and for no more.
      const rising = Array.from({ length: 10 }, (_, index) => 110 + index)
      return paired(new Array<number>(10).fill(100), rising, { subject })
    }
    expect(statesOf([barely('routing/a'), nulls()])).toEqual(['regressed'])
    const other = makeRun({ suite: 'pool', metrics: [timed({ subject: 'pool/a', pairs: 10 })] })
    const [own] = judgePairRuns([makeRun({ metrics: [barely('routing/a'), nulls()] }), other])
    expect(own?.verdicts[0]?.state).toBe('inconclusive')
  })

  it('keeps what was decided at an earlier look, whatever later pairs say', () => {
    const steady = new Array<number>(15).fill(100)
    const candidate = [...Array.from({ length: 10 }, (_, index) => 110 + index), ...new Array<number>(5).fill(60)]
    expect(statesOf([paired(steady, candidate), nulls()])).toEqual(['regressed'])
  })

  it('keeps the numbers of a verdict that does not gate apart from those that do', () => {
    const comparison = judge([timed({ factor: 1.5 }, { name: 'cpuTimePerOp', gates: false }), timed({}), nulls()])
    expect(comparison?.verdicts).toMatchObject([
      { metric: 'cpuTimePerOp', state: 'regressed', gates: false },
      { metric: 'timePerOp', state: 'passed', gates: true },
    ])
  })

  it.each([
    ['lower', 'regressed'],
    ['higher', 'improved'],
  ] as const)('goes by the ratios of alternating parts where there are some, %s being better', (better, expected) => {
    const metric = timed({ spread: 0.3, pairs: 15 }, { better })
    const { evidence } = metric
    if (evidence.kind !== 'pairs') throw new Error('pairs expected')
    const ratios = evidence.baseline.map((_, index) => 1.1 + index / 1000)
    const verdict = judge([{ ...metric, evidence: { ...evidence, ratios } }, nulls()])?.verdicts[0]
    expect(verdict?.state).toBe(expected)
    expect(verdict?.effectRatio).toBeCloseTo(0.104, 2)
  })

  it('never judges values that have no ratio, and never passes them', () => {
    const broken = paired(new Array<number>(10).fill(-5), new Array<number>(10).fill(3))
    expect(judge([broken, nulls()])?.verdicts[0]).toMatchObject({ state: 'inconclusive', test: 'none', low: null })
  })

  it('lets an invalid Run decide nothing', () => {
    const validity = { state: 'invalid' as const, reasons: ['the generator was the bottleneck'] }
    const comparison = judge([timed({ factor: 2 }), nulls()], { validity })
    expect(comparison).toMatchObject({ gating: false, verdicts: [{ state: 'regressed', gates: false }] })
  })

  it('makes verdicts that their schema accepts, and the same ones every time', () => {
    const metrics = [timed({ factor: 1.1 }), bytes(0, 0), nulls()]
    const verdicts = judge(metrics)?.verdicts ?? []
    for (const verdict of verdicts) expect(verdictSchema().parse(verdict)).toEqual(verdict)
    expect(judge(metrics)?.verdicts).toEqual(verdicts)
  })
})

describe('null pairs', () => {
  it('take back every verdict on speed when they differ by more than half the margin', () => {
    const metrics = [
      timed({ factor: 1.12 }),
      timed({ subject: 'routing/b', factor: 0.9 }),
      timed({ subject: 'routing/c' }),
      bytes(0, 48),
      nulls(1.04),
    ]
    const comparison = judge(metrics)
    expect(comparison?.verdicts.map(({ state }) => state)).toEqual([
      'inconclusive',
      'inconclusive',
      'inconclusive',
      'regressed',
    ])
    expect(comparison?.verdicts[0]?.reason).toMatch(/^two copies of the same code differ by \+[34]/)
    expect(comparison?.doubts.join()).toContain('close other programs')
  })

  it('leave a pass alone when they differ by less than half its margin', () => {
    expect(statesOf([timed({ factor: 1.12 }), timed({ subject: 'routing/c' }), nulls(1.013, 40)])).toEqual([
      'inconclusive',
      'passed',
    ])
  })

  it('are missed when there are none or too few', () => {
    expect(judge([timed({})])?.doubts.join()).toContain('no null pairs')
    expect(judge([timed({}), nulls(1, 4)])?.doubts.join()).toContain('4 null pairs are too few')
    expect(judge([timed({}), nulls()])?.doubts).toEqual([])
  })
})

describe('undecidedSubjects', () => {
  const undecided = (...metrics: Metric[]) => [...undecidedSubjects([makeRun({ metrics })])]

  it('names what the pairs so far do not decide', () => {
    const noisy = timed({ subject: 'routing/noisy', pairs: 10, spread: 0.3 })
    expect(undecided(timed({ subject: 'routing/clear', pairs: 10 }), noisy)).toEqual(['routing/noisy'])
  })

  it('goes on with what passes but looks improved', () => {
    const better = timed({ subject: 'routing/better', factor: 0.9, pairs: 10 })
    expect(undecided(better, timed({ pairs: 10 }))).toEqual(['routing/better'])
  })

  it('stops at the last look, decided or not', () => {
    expect(undecided(timed({ factor: 1.03, spread: 0.3, pairs: 48 }))).toEqual([])
  })

  it('ignores metrics that do not gate', () => {
    expect(undecided(timed({ pairs: 10, spread: 0.3 }, { gates: false }))).toEqual([])
  })

  it('takes the looks that it is given', () => {
    const noisy = makeRun({ metrics: [timed({ pairs: 12, spread: 0.3 })] })
    expect([...undecidedSubjects([noisy], { looks: [12] })]).toEqual([])
    expect([...undecidedSubjects([noisy], { looks: [12, 20] })]).toEqual(['routing/a'])
  })
})

describe('a mean that guards the median', () => {
  const mean = (change: Change): Metric => timed({ seed: 7, ...change }, { name: 'meanTimePerOp', guard: true })
  const stateAndGate = (metrics: Metric[]) =>
    judge(metrics)?.verdicts.map(({ metric, state, gates }) => [metric, state, gates])

  it('fails a build when it has regressed, although the median has passed', () => {
    expect(stateAndGate([timed({}), mean({ factor: 1.12 }), nulls()])).toEqual([
      ['timePerOp', 'passed', true],
      ['meanTimePerOp', 'regressed', true],
    ])
  })

  it('fails nothing when it cannot tell, or has passed', () => {
    expect(stateAndGate([timed({}), mean({ spread: 0.3 }), nulls()])?.[1]).toEqual([
      'meanTimePerOp',
      'inconclusive',
      false,
    ])
    expect(stateAndGate([timed({}), mean({}), nulls()])?.[1]).toEqual(['meanTimePerOp', 'passed', false])
  })

  it('fails nothing on a machine that favours a side', () => {
    expect(stateAndGate([timed({}), mean({ factor: 1.12 }), nulls(1.1)])?.[1]).toEqual([
      'meanTimePerOp',
      'inconclusive',
      false,
    ])
  })

  it('is not waited for', () => {
    const noisy = [timed({ pairs: 10 }), mean({ pairs: 10, spread: 0.3 }), nulls()]
    expect(undecidedSubjects([makeRun({ metrics: noisy })])).toEqual(new Set())
  })
})

describe('null pairs that are not enough', () => {
  it('make a doubt when they cannot exclude a bias as large as what counts', () => {
    const wide = timed({ pairs: 10, spread: 0.1, seed: 99 }, { name: 'nullTimePerOp', gates: false })
    expect(judge([timed({}), wide])?.doubts).toEqual([
      expect.stringMatching(/^this machine may favour one side by as much as counts: null pairs show .+ … .+$/),
    ])
    expect(judge([timed({}), nulls()])?.doubts).toEqual([])
  })
})
