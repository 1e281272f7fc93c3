import { setTimeout as sleep } from 'node:timers/promises'
import * as hdr from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { repeatRuns, toLoadRun } from '../../../src/load/index.ts'
import { type Metric, type Run, runSchema } from '../../../src/run/index.ts'
import { drive, FACTS, steady } from '../drive.ts'
import { deadPort, OK, type ScriptedTarget, scriptedTarget } from '../scripted-target.ts'

const REST = { restNs: 1e6 }

/** One load of a target of its own, which takes so long for an answer. */
async function loadOf(answerMs: number, durationMs = 300): Promise<Run> {
  await using target = await scriptedTarget(async ({ socket }) => {
    await sleep(answerMs)
    socket.write(OK)
  })
  return toLoadRun(await drive(target.url, { phases: steady(2, durationMs) }), FACTS)
}

async function whenAsked(target: ScriptedTarget, requests: number): Promise<void> {
  while (target.requests() < requests) await sleep(10)
}

/** Repetitions, and what they were before they were one Run. */
async function repeated(answersMs: readonly number[], durationMs?: number) {
  const runs: Run[] = []
  const measure = async (index: number): Promise<Run> => {
    const run = await loadOf(answersMs[index] ?? 1, durationMs)
    runs.push(run)
    return run
  }
  return { pooled: await repeatRuns(measure, { count: answersMs.length, ...REST }), runs }
}

function metric({ metrics }: Run, name: string): Metric {
  const found = metrics.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

function histogramOf(run: Run, name: string): hdr.Histogram {
  const { evidence } = metric(run, name)
  if (evidence.kind !== 'histogram') throw new Error(`${name} has no histogram`)
  return hdr.decodeFromCompressedBase64(evidence.data)
}

const valuesOf = (runs: readonly Run[], name: string): number[] => runs.map((run) => metric(run, name).value)

describe('a load that is repeated', { concurrent: true }, () => {
  it('is one Run, with the value of each repetition beside what is of all of them', async () => {
    const { pooled, runs } = await repeated([5, 10, 20])
    expect(runSchema().parse(pooled).kind).toBe('load')
    for (const name of ['goodput', 'errorRatio', 'responseTimeP50', 'responseTimeP99', 'serviceTimeP50']) {
      expect(metric(pooled, name).repetitions, name).toEqual(valuesOf(runs, name))
    }
    for (const name of ['responseTime', 'responseTimeP90', 'responseTimeP999', 'outcome HTTP 200']) {
      expect(metric(pooled, name).repetitions, name).toBeUndefined()
    }
    expect(pooled.warnings.map(({ code }) => code)).toEqual(['CLOSED_LOOP', 'REPETITIONS'])
  })

  it('has each request of each repetition in its distribution, and percentiles of all of them', async () => {
    const { pooled, runs } = await repeated([5, 120, 5])
    const merged = hdr.build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
    for (const run of runs) merged.add(histogramOf(run, 'responseTime'))
    const histogram = histogramOf(pooled, 'responseTime')
    expect(histogram.totalCount).toBe(merged.totalCount)
    for (const [suffix, percent] of [
      ['P50', 50],
      ['P90', 90],
      ['P99', 99],
    ] as const) {
      expect(metric(pooled, `responseTime${suffix}`).value).toBe(merged.getValueAtPercentile(percent))
    }
    // Of the two quick repetitions nearly all; of the slow one none is as quick.
    expect(metric(pooled, 'responseTimeP50').value).toBeLessThan(100e6)
    expect(metric(pooled, 'responseTimeP99').value).toBeGreaterThan(100e6)
  })

  it('adds up what was counted, and takes the mean of what is a rate', async () => {
    const { pooled, runs } = await repeated([5, 10])
    const sum = (name: string): number => valuesOf(runs, name).reduce((total, value) => total + value, 0)
    expect(metric(pooled, 'outcome HTTP 200').value).toBe(sum('outcome HTTP 200'))
    expect(metric(pooled, 'goodput').value).toBeCloseTo(sum('goodput') / 2, 6)
    const { evidence } = metric(pooled, 'errorRatio')
    expect(evidence).toMatchObject({ kind: 'proportion', part: 0, whole: sum('outcome HTTP 200') })
  })

  it('says once what all repetitions say, and which one it was of what differs', async () => {
    const base = toLoadRun(await drive(`http://127.0.0.1:${await deadPort()}/`, { phases: steady(1, 100) }), FACTS)
    const noted = (message: string): Run => ({
      ...base,
      validity: { state: 'valid', reasons: [] },
      warnings: [
        { code: 'A', message: 'the same' },
        { code: 'B', message },
      ],
    })
    const pooled = await repeatRuns(async (index) => noted(`pid ${index}`), { count: 2, ...REST })
    expect(pooled.warnings.map(({ message }) => message).slice(0, 3)).toEqual([
      'the same',
      'repetition 1: pid 0',
      'repetition 2: pid 1',
    ])
  })

  it('has its seconds one after the other, with a gap between repetitions', async () => {
    const { pooled, runs } = await repeated([5, 5], 2_000)
    const [first, second] = runs.map((run) => run.series?.find(({ name }) => name === 'succeeded')?.values ?? [])
    expect(first).toHaveLength(2)
    const series = pooled.series?.find(({ name }) => name === 'succeeded')
    expect(series?.values).toEqual([...(first ?? []), null, ...(second ?? [])])
    expect(new Set(pooled.series?.map(({ values }) => values.length))).toEqual(new Set([5]))
  })

  it('gates by what clients get done, by the typical request and by the slow one, and by nothing else', async () => {
    const { pooled } = await repeated([5])
    const gating = pooled.metrics.filter(({ gates }) => gates).map(({ name }) => name)
    expect(gating).toEqual(['goodput', 'responseTimeP50', 'responseTimeP99'])
  })

  it('does not gate by what comes of a rate, which is the rate', async () => {
    await using target = await scriptedTarget(({ socket }) => void socket.write(OK))
    const run = toLoadRun(await drive(target.url, { loop: 'open', phases: steady(50, 300) }), FACTS)
    expect(run.metrics.filter(({ gates }) => gates).map(({ name }) => name)).toEqual([
      'responseTimeP50',
      'responseTimeP99',
    ])
  })
})

describe('a repetition that is none', { concurrent: true }, () => {
  it('makes the whole invalid, says which it was, and is the last', async () => {
    const port = await deadPort()
    let started = 0
    const measure = async (index: number): Promise<Run> => {
      started++
      if (index !== 1) return await loadOf(5)
      return toLoadRun(await drive(`http://127.0.0.1:${port}/`), FACTS)
    }
    const { validity } = await repeatRuns(measure, { count: 4, ...REST })
    expect(started).toBe(2)
    expect(validity.state).toBe('invalid')
    expect(validity.reasons).toContain('repetition 2: not a single request succeeded')
  })

  it('makes the whole suspect when it is suspect', async () => {
    const measure = async (index: number): Promise<Run> => {
      const run = await loadOf(5)
      return index === 0 ? { ...run, validity: { state: 'suspect', reasons: ['late'] } } : run
    }
    const { validity } = await repeatRuns(measure, { count: 2, ...REST })
    expect(validity).toEqual({ state: 'suspect', reasons: ['repetition 1: late'] })
  })

  it('is left out when it was cut short, and the whole says of how many it is', async () => {
    const ended = new AbortController()
    await using target = await scriptedTarget(({ socket }) => void socket.write(OK))
    const measure = async (index: number): Promise<Run> => {
      if (index === 2) setTimeout(() => ended.abort(), 300)
      const duration = { phases: steady(2, index === 2 ? 60_000 : 300) }
      return toLoadRun(await drive(target.url, duration, index === 2 ? ended.signal : undefined), FACTS)
    }
    const run = await repeatRuns(measure, { count: 5, ...REST, signal: ended.signal })
    expect(metric(run, 'goodput').repetitions).toHaveLength(2)
    expect(run.validity).toEqual({ state: 'invalid', reasons: ['it was ended after 2 of 5 repetitions'] })
  })

  it('is shown when it was cut short and is all there is', async () => {
    const ended = new AbortController()
    await using target = await scriptedTarget(({ socket }) => void socket.write(OK))
    const measure = async (): Promise<Run> => {
      void whenAsked(target, 50).then(() => ended.abort())
      return toLoadRun(await drive(target.url, { phases: steady(2, 60_000) }, ended.signal), FACTS)
    }
    const run = await repeatRuns(measure, { count: 5, ...REST, signal: ended.signal })
    expect(metric(run, 'outcome HTTP 200').value).toBeGreaterThan(0)
    expect(run.validity.state).toBe('invalid')
  })

  it.each([0, 2.5, Number.NaN])('is refused when there are to be %s of them', async (count) => {
    await expect(repeatRuns(() => loadOf(1), { count })).rejects.toMatchObject({ code: 'LOAD_INVALID' })
  })
})
