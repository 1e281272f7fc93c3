import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BaselineManager } from '../../src/baseline/index.ts'
import type { Metric, Run } from '../../src/run/index.ts'
import { makeMetric, makeRun, repeated, valuesAround } from './make-run.ts'

const FIRST = { by: 'Ada', reason: 'first', at: new Date('2026-01-02T03:04:05.000Z') }

let directory: string
let manager: BaselineManager

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'perf-kit-loads-'))
  manager = new BaselineManager({ directory })
})

afterEach(() => rm(directory, { recursive: true, force: true }))

/** A metric whose value is of all requests, and that has a value of each repetition beside it. */
function ofRepetitions(repetitions: number[], changes: Partial<Metric> = {}): Metric {
  const evidence = { kind: 'quantile', of: 'responseTime', quantileRatio: 0.99, count: 1000 } as const
  return makeMetric({ subject: 'GET /', name: 'responseTimeP99', value: 1, evidence, repetitions, ...changes })
}

const loadRun = (metrics: Metric[], kind: Run['kind'] = 'load'): Run => makeRun({ kind, suite: 'load', metrics })
const FIVE = [100, 101, 102, 103, 104]
const slower = (ratio: number) => FIVE.map((value) => value * ratio)

describe('a load against its baseline', () => {
  it('is judged by its repetitions, and not by the value of all requests', async () => {
    await manager.accept(loadRun([ofRepetitions(FIVE)]), FIRST)
    const [verdict] = (await manager.compare(loadRun([ofRepetitions(slower(1.3))]))).verdicts
    expect(verdict).toMatchObject({ state: 'regressed', gates: true, test: 'rank-sum' })
    expect(verdict).toMatchObject({ baselineValue: 102, candidateValue: 102 * 1.3 })
    expect(verdict?.sampleCounts).toEqual({ baseline: 5, candidate: 5 })
  })

  it.each(['load', 'latency'] as const)(
    'keeps its repetitions in the store, and nothing else of it: %s',
    async (kind) => {
      const seconds = repeated(valuesAround(500), { subject: 'GET /', name: 'targetCpuMean' })
      await manager.accept(loadRun([ofRepetitions(FIVE), seconds], kind), FIRST)
      const stored = await manager.load('load', makeRun().environment.id, 'default')
      expect(stored?.metrics).toEqual([
        expect.objectContaining({
          name: 'responseTimeP99',
          value: 102,
          evidence: { kind: 'repetitions', values: FIVE },
        }),
      ])
    },
  )

  it('is no baseline, and has none, when it was driven once: its seconds are not independent of each other', async () => {
    const once = loadRun([repeated(valuesAround(500), { subject: 'GET /', name: 'goodput', unit: 'perSec' })])
    await expect(manager.accept(once, FIRST)).rejects.toThrow('what was measured once')
    await manager.accept(loadRun([ofRepetitions(FIVE), ofRepetitions(FIVE, { name: 'goodput' })]), FIRST)
    expect((await manager.compare(once)).verdicts).toEqual([])
  })

  it('is held responsible for what all of its metrics share', async () => {
    const subjects = Array.from({ length: 12 }, (_, index) => `GET /${index}`)
    await manager.accept(loadRun(subjects.map((subject) => ofRepetitions(FIVE, { subject }))), FIRST)
    const run = loadRun(subjects.map((subject) => ofRepetitions(slower(1.5), { subject })))
    const { verdicts, doubts } = await manager.compare(run)
    expect(new Set(verdicts.map(({ state }) => state))).toEqual(new Set(['regressed']))
    expect(doubts).toEqual([])
  })

  it.each([
    { others: 'much more', share: 0.35, gating: false, doubted: false },
    { others: 'much less', share: 0.02, gating: true, doubted: true },
    { others: 'about as much', share: 0.24, gating: true, doubted: false },
  ])(
    'says what it is worth when other programs take $others of the machine now',
    async ({ share, gating, doubted }) => {
      const run = (ratio: number, others: number): Run =>
        loadRun([
          ofRepetitions(slower(ratio)),
          ofRepetitions(new Array<number>(5).fill(others), { name: 'otherPrograms', unit: 'ratio', gates: false }),
        ])
      await manager.accept(run(1, 0.2), FIRST)
      const comparison = await manager.compare(run(1.3, share))
      expect(comparison).toMatchObject({ gating, verdicts: [{ state: 'regressed', gates: gating }, {}] })
      const reason = `other programs took ${(100 * share).toFixed(0)} % of the machine, and 20 % when the baseline was accepted`
      expect(comparison.advisoryReasons.some((each) => each.startsWith(reason))).toBe(!gating)
      expect(comparison.doubts.some((each) => each.startsWith(reason))).toBe(doubted)
    },
  )

  it('is no news of the machine for benchmarks that are judged with it', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `routing/lookup ${index}`)
    const bench = (center: number) =>
      makeRun({ metrics: names.map((subject) => repeated(valuesAround(center), { subject })) })
    const load = (ratio: number) => loadRun([ofRepetitions(slower(ratio))])
    await manager.accept(bench(100), FIRST)
    await manager.accept(load(1), FIRST)
    const [ofBench, ofLoad] = await manager.compareAll([bench(130), load(1.3)])
    expect(ofBench).toMatchObject({ doubts: [expect.stringContaining('12 benchmarks together take +30 %')] })
    expect(ofLoad).toMatchObject({ doubts: [], verdicts: [{ state: 'regressed' }] })
    const subjects = Array.from({ length: 20 }, (_, index) => `GET /${index}`)
    const many = (ratio: number) =>
      loadRun(
        subjects.map((subject) => {
          const values = slower(ratio)
          return ofRepetitions(values, { subject, evidence: { kind: 'repetitions', values } })
        }),
      )
    await manager.accept(many(1), FIRST)
    const [besideSlowLoads] = await manager.compareAll([bench(100), many(1.5)])
    expect(besideSlowLoads).toMatchObject({ doubts: [] })
  })
})
