import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runSchema } from '../../src/run/run.ts'
import type { JournalLine } from '../../src/soak/record-lines.ts'
import { drawnSecOf } from '../../src/soak/second-placing.ts'
import { readSoak } from '../../src/soak/soak-reading.ts'
import { SoakRecord } from '../../src/soak/soak-record.ts'
import { toSoakRun } from '../../src/soak/soak-run.ts'
import { HEAD, partLine, secondLine } from './recorded-seconds.ts'
import { simulatedSamples } from './simulated-samples.ts'

async function runOf(lines: readonly JournalLine[], head: Partial<typeof HEAD> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kit-soak-run-'))
  try {
    const record = await SoakRecord.create(folder, { ...HEAD, ...head })
    for (const line of lines) {
      // What goes on with a record makes a minute of what it was left with.
      if (line.type === 'gap') await record.endPart()
      record.add(line)
      if (line.type === 'end') await record.endPart()
      else if (line.type === 'second' && line.at % 60 === 59) await record.flush()
    }
    await record.close()
    return runSchema().parse(toSoakRun(await readSoak(folder), folder))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const END: JournalLine = {
  type: 'end',
  at: 0,
  end: 'complete',
  because: '',
  said: '',
  doubts: [],
  unseen: [],
  limits: [],
}
const seconds = (from: number, to: number, timesNs?: readonly number[]): JournalLine[] =>
  Array.from({ length: to - from }, (_, index) => secondLine(from + index, timesNs))

describe('the Run of a soak', () => {
  it('joins its parts, and counts the time between them as nothing', async () => {
    const run = await runOf([
      partLine(0, 1),
      ...seconds(0, 10),
      { type: 'gap', at: 10, kind: 'killed', lastedNs: 7200e9, drawnSec: 60 },
      partLine(70, 2),
      ...seconds(70, 80),
      { ...END, at: 80 },
    ])
    const succeeded = run.series?.find(({ name }) => name === 'succeeded')
    expect(succeeded?.values).toHaveLength(80)
    expect(succeeded?.values.slice(0, 10)).toEqual(Array(10).fill(2))
    expect(succeeded?.values.slice(10, 70)).toEqual(Array(60).fill(null))
    expect(succeeded?.values.slice(70)).toEqual(Array(10).fill(2))
    const goodput = run.metrics.find(({ name }) => name === 'goodput')
    expect(goodput?.value).toBe(2)
    expect(run.soak).toMatchObject({
      measuredNs: 20e9,
      gaps: [{ fromNs: 10e9, drawnNs: 60e9, lastedNs: 7200e9, kind: 'killed' }],
      parts: [
        { end: 'killed', seconds: 10, pid: 1 },
        { end: 'complete', seconds: 10, pid: 2, fromNs: 70e9 },
      ],
    })
    expect(run.warnings.find(({ code }) => code === 'SOAK_GAP')?.message).toContain('once (7,200 s)')
  })

  it('has percentiles of whole minutes from all their requests, not from percentiles of seconds', async () => {
    // In each minute one second in which all is slow: 1 request of 60.
    const slow = Array.from({ length: 2460 }, (_, at) => secondLine(at, at % 60 === 0 ? [500e6] : [1e6]))
    const run = await runOf([partLine(0, 1), ...slow, { ...END, at: 2460 }])
    const p99 = run.series?.find(({ name }) => name === 'responseTimeP99')
    const p50 = run.series?.find(({ name }) => name === 'responseTimeP50')
    expect(p99).toMatchObject({ everyNs: 60e9 })
    expect(p99?.values).toHaveLength(41)
    for (const value of p99?.values ?? []) expect(value).toBeGreaterThan(490e6)
    for (const value of p50?.values ?? []) expect(value).toBeLessThan(1.01e6)
    const whole = run.metrics.find(({ name }) => name === 'responseTime')
    expect(whole?.evidence).toMatchObject({ count: 2460 })
  })

  it('does not take a standstill of ours for a target without answers', async () => {
    const stopped = [5, 6, 7].map((at) => secondLine(at, [], true))
    const late = secondLine(8, [9e9, 9e9, 9e9], true)
    const run = await runOf([partLine(0, 1), ...seconds(0, 5), ...stopped, late, ...seconds(9, 11), { ...END, at: 11 }])
    const succeeded = run.series?.find(({ name }) => name === 'succeeded')
    expect(succeeded?.values).toEqual([2, 2, 2, 2, 2, null, null, null, null, 2, 2])
    expect(run.metrics.find(({ name }) => name === 'goodput')?.value).toBe(2)
    // What came in when it went on had waited for us.
    expect(run.metrics.find(({ name }) => name === 'responseTimeP99')?.value).toBeLessThan(1e9)
    expect(run.warnings.find(({ code }) => code === 'SOAK_GAP_REQUESTS')?.message).toMatch(/^3 requests/)
  })

  it('tells of each operation of a mix, with the times of all its requests', async () => {
    const mixed = seconds(0, 120).map((line): JournalLine => {
      if (line.type !== 'second') return line
      const { finished, failed, outcomes, distributions } = line.second
      return {
        ...line,
        second: { ...line.second, operations: { ping: { finished, failed, outcomes, distributions } } },
      }
    })
    const run = await runOf([partLine(0, 1), ...mixed, { ...END, at: 120 }])
    const ofPing = run.metrics.filter(({ subject }) => subject.endsWith('› ping'))
    expect(ofPing.find(({ name }) => name === 'responseTime')?.evidence).toMatchObject({ count: 240 })
    expect(ofPing.find(({ name }) => name === 'errorRatio')?.evidence).toMatchObject({ part: 0, whole: 240 })
  })

  it('says of whose limits its figures may be', async () => {
    const limits = ['the generator was busy 99 % of the time where it was busiest']
    const run = await runOf([partLine(0, 1), ...seconds(0, 60), { ...END, at: 60, limits }], { plannedNs: 60e9 })
    expect(run.validity).toEqual({ state: 'suspect', reasons: limits })
  })

  it('lasts as long as it was measured and stood still, whatever the time of day says', async () => {
    const run = await runOf([
      partLine(0, 1),
      ...seconds(0, 10),
      { type: 'clock', at: 10, byNs: -7200e9 },
      { type: 'gap', at: 10, kind: 'suspended', lastedNs: 30e9, drawnSec: 30 },
      ...seconds(40, 50),
      { ...END, at: 50 },
    ])
    expect(run.durationNs).toBe(50e9)
    expect(run.warnings.find(({ code }) => code === 'CLOCK_SET')?.message).toContain('set back by 7,200 s')
  })

  it('leaves whole minutes blank between parts where its charts show minutes', async () => {
    const at = 2390
    const drawnSec = drawnSecOf(30e9, at, HEAD.plannedNs)
    const run = await runOf([
      partLine(0, 1),
      ...seconds(0, at),
      { type: 'gap', at, kind: 'killed', lastedNs: 30e9, drawnSec },
      partLine(at + drawnSec, 2),
      ...seconds(at + drawnSec, at + drawnSec + 300),
      { ...END, at: at + drawnSec + 300 },
    ])
    const succeeded = run.series?.find(({ name }) => name === 'succeeded')
    expect(succeeded?.everyNs).toBe(60e9)
    expect(succeeded?.values.flatMap((value, index) => (value === null ? [index] : []))).toEqual([40])
  })

  it('tells growth of each kind by the process that leaks, among several', async () => {
    const samplesOf = (leakBytes: number): JournalLine[] =>
      simulatedSamples({ seconds: 600, leakBytes }).map((sample, at) => ({ type: 'sample', at, sample }))
    const run = await runOf([
      partLine(0, 1),
      ...samplesOf(64),
      { ...END, at: 0 },
      partLine(600, 2),
      ...samplesOf(0),
      ...seconds(600, 610),
      { ...END, at: 610 },
    ])
    expect(run.soak?.verdict.state).toBe('leaking')
    const heap = run.metrics.find(({ name }) => name === 'heapGrowthPerRequest')
    expect(heap).toMatchObject({ unit: 'bytes', better: 'lower' })
    expect(heap?.value).toBeGreaterThan(50)
    expect(heap?.interval?.low).toBeLessThanOrEqual(heap?.value ?? Number.NaN)
  })

  it('says what is missing of one that ended before', async () => {
    const run = await runOf([partLine(0, 1), ...seconds(0, 30)])
    expect(run.soak?.parts).toMatchObject([{ end: 'killed', seconds: 30 }])
    expect(run.validity).toEqual({
      state: 'suspect',
      reasons: ['it ended after 30 s of 3,600 s, and 3,570 s are missing: it was killed'],
    })
  })

  it('is one of nothing, when nothing was recorded', async () => {
    const run = await runOf([])
    expect(run.validity.state).toBe('invalid')
    expect(run.soak).toMatchObject({ measuredNs: 0, verdict: { state: 'inconclusive', signals: [] } })
  })
})
