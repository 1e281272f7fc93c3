import { describe, expect, it } from 'vitest'
import { planLoad } from '../../src/load/load-options.ts'
import { LoadResult } from '../../src/load/load-result.ts'
import { type TargetFigures, targetMetrics, targetNotes, targetSeries } from '../../src/load/target-metrics.ts'
import type { TargetSecond } from '../../src/load/target-seconds.ts'
import { deltaOf, doneOf } from './thread-messages.ts'

const MS = 1e6
const S = 1e9
const MB = 1e6

/** A load of 100 requests a second that went on for its whole schedule. */
function loadOf(seconds: number, warmupNs = 0): LoadResult {
  const phases = [{ from: 10, to: 10, durationNs: seconds * S }]
  const result = new LoadResult(planLoad({ url: 'http://127.0.0.1/', loop: 'closed', phases, warmupNs }))
  const whole = Math.ceil(seconds)
  for (let second = 0; second < whole; second++) {
    const isWarm = (second + 1) * S > warmupNs
    const counted = Float64Array.from(isWarm ? [5 * MS, 100] : [])
    result.add(0, {
      type: 'delta',
      sequence: second,
      atNs: (second + 1) * S + 5 * MS,
      delta: deltaOf({ responseOk: counted, offered: 100, succeededInWindow: 100 }),
    })
  }
  result.finish(0, doneOf(result.finished))
  return result
}

function memory(rssBytes: number, heapUsedBytes = rssBytes / 2) {
  return { rssBytes, heapUsedBytes, heapTotalBytes: rssBytes, externalBytes: 0, arrayBuffersBytes: 0 }
}

function second(fromNs: number, toNs: number, changes: Partial<TargetSecond> = {}): TargetSecond {
  return {
    fromNs,
    toNs,
    memoryBefore: memory(100 * MB),
    memory: memory(100 * MB),
    cpuNs: (toNs - fromNs) / 2,
    busyRatio: 0.5,
    delayP99Ns: 1 * MS,
    delayMaxNs: 2 * MS,
    delaySoFarP99Ns: 1 * MS,
    gcNs: 0,
    longestGcNs: 0,
    ...changes,
  }
}

function figures(all: readonly TargetSecond[], changes: Partial<TargetFigures> = {}): TargetFigures {
  return { all, fromNs: 0, others: 0, child: undefined, wasLost: false, leftFiles: undefined, ...changes }
}

function valuesOf(result: LoadResult, target: TargetFigures): Record<string, number> {
  return Object.fromEntries(targetMetrics(result, target).map(({ name, value }) => [name, value]))
}

function seriesOf(result: LoadResult, target: TargetFigures): Record<string, readonly (number | null)[]> {
  return Object.fromEntries(targetSeries(result, target).map(({ name, values }) => [name, values]))
}

describe('what the inside of a target was like as a whole', () => {
  it('has a stall that began within the schedule and went on beyond its end', () => {
    const target = figures([second(0, S), second(S, 5 * S, { delayMaxNs: 3_000 * MS })])
    expect(valuesOf(loadOf(2), target)['targetLoopDelayMax']).toBe(3_000 * MS)
  })

  it('is its CPU time divided by the requests that ended, from the first to the last answer', () => {
    const target = figures([
      second(0, S, { cpuNs: 0.2 * S }),
      second(S, 2 * S, { cpuNs: 0.4 * S }),
      // The last answers came after the schedule's end, and cost something too.
      second(2 * S, 2.5 * S, { cpuNs: 0.1 * S }),
    ])
    const metrics = targetMetrics(loadOf(2), target)
    const cost = metrics.find(({ name }) => name === 'targetCpuPerRequest')
    expect(cost).toMatchObject({ value: (0.7 * S) / 200, unit: 'ns', better: 'lower', gates: false })
    expect(cost?.evidence).toEqual({ kind: 'repetitions', values: [(0.2 * S) / 100, (0.4 * S) / 100] })
  })

  it('counts calls that were cancelled among those that cost it something, in each second too', () => {
    const result = new LoadResult(loadOf(2).plan)
    for (const [index, cancelled] of [100, 300].entries()) {
      const delta = deltaOf({
        responseOk: Float64Array.of(5 * MS, 100),
        outcomes: { 'HTTP 200': 100, CANCELLED: cancelled },
      })
      result.add(0, { type: 'delta', sequence: index, atNs: (index + 1) * S + 5 * MS, delta })
    }
    result.finish(0, doneOf(result.finished))
    const target = figures([second(0, S, { cpuNs: 0.2 * S }), second(S, 2 * S, { cpuNs: 0.4 * S })])
    const cost = targetMetrics(result, target).find(({ name }) => name === 'targetCpuPerRequest')
    expect(cost?.value).toBe((0.6 * S) / 600)
    expect(cost?.evidence).toEqual({ kind: 'repetitions', values: [(0.2 * S) / 200, (0.4 * S) / 400] })
  })

  it('leaves the warm-up out', () => {
    const target = figures([
      second(0, S, { cpuNs: S, busyRatio: 1, delayMaxNs: 900 * MS, gcNs: S, longestGcNs: S, memory: memory(900 * MB) }),
      second(S, 2 * S, { cpuNs: 0.1 * S, memoryBefore: memory(900 * MB), memory: memory(300 * MB) }),
      second(2 * S, 3 * S, {
        cpuNs: 0.3 * S,
        memoryBefore: memory(300 * MB),
        memory: memory(500 * MB),
        delaySoFarP99Ns: 7 * MS,
      }),
    ])
    expect(valuesOf(loadOf(3, S), target)).toMatchObject({
      targetCpuPerRequest: (0.4 * S) / 200,
      targetCpuMean: 0.2,
      targetCpuMax: 0.3,
      targetLoopBusyMax: 0.5,
      targetLoopDelayMax: 2 * MS,
      targetLoopDelayP99: 7 * MS,
      targetGcShareMean: 0,
      targetGcPauseMax: 0,
      targetRssStart: 900 * MB,
      targetRssEnd: 500 * MB,
      targetRssMean: 400 * MB,
      targetRssMax: 500 * MB,
      targetHeapUsedEnd: 250 * MB,
    })
  })

  it('weighs a sample that came late by the time that it is about', () => {
    const target = figures([
      second(0, S, { busyRatio: 0.2 }),
      second(S, 4 * S, { busyRatio: 1, gcNs: 0.6 * S, longestGcNs: 0.5 * S }),
    ])
    const values = valuesOf(loadOf(4), target)
    expect(values['targetLoopBusyMean']).toBeCloseTo(0.8)
    expect(values['targetGcShareMean']).toBeCloseTo(0.15)
    expect(values['targetGcShareMax']).toBeCloseTo(0.2)
    expect(values['targetGcPauseMax']).toBe(0.5 * S)
  })

  it.each([
    ['samples began too late', figures([second(S, 2 * S), second(2 * S, 4 * S)])],
    ['the agent was lost', figures([second(0, S)], { wasLost: true })],
    ['other processes take requests too', figures([second(0, S), second(S, 2 * S)], { others: 3 })],
    ['there is no sample of the counted part', figures([])],
  ])('has no cost of a request when %s', (_title, target) => {
    expect(valuesOf(loadOf(4), target)).not.toHaveProperty('targetCpuPerRequest')
  })

  it('takes no share of the moment between two samples at the end', () => {
    const target = figures([second(0, S), second(S, 1.9999 * S), second(1.9999 * S, 2 * S, { cpuNs: 0.01 * S })])
    expect(valuesOf(loadOf(2), target)['targetCpuMax']).toBeCloseTo(0.5)
  })
})

describe('what it was like over time', () => {
  it('has a value a second, also where one sample is about several', () => {
    const target = figures([
      second(0.001 * S, 1.002 * S, { memory: memory(1 * MB) }),
      second(1.002 * S, 3.4 * S, { memory: memory(2 * MB), delayMaxNs: 2000 * MS }),
      second(3.4 * S, 4 * S, { memory: memory(3 * MB) }),
    ])
    const series = seriesOf(loadOf(4), target)
    expect(series['targetRss']).toEqual([1 * MB, 2 * MB, 2 * MB, 3 * MB])
    expect(series['targetLoopDelayMax']).toEqual([2 * MS, 2000 * MS, 2000 * MS, 2 * MS])
    expect(series['targetCpu']?.[1]).toBeCloseTo(0.5)
  })

  it('has gaps where nothing was told', () => {
    const series = seriesOf(loadOf(4), figures([second(1.2 * S, 2 * S)]))
    expect(series['targetLoopBusy']).toEqual([null, 0.5, null, null])
  })

  it('begins where samples do: whole seconds before the counted part', () => {
    const [first] = targetSeries(loadOf(3.5, 1.5 * S), figures([second(0.5 * S, 1.5 * S)], { fromNs: 0.5 * S }))
    expect(first).toMatchObject({ fromNs: 0.5 * S, everyNs: S })
    expect(first?.values).toHaveLength(3)
  })

  it('is nothing without an agent', () => {
    expect(targetSeries(loadOf(2), undefined)).toEqual([])
    expect(targetMetrics(loadOf(2), undefined)).toEqual([])
    expect(targetSeries(loadOf(2), figures([]))).toEqual([])
  })
})

it.each([
  ['there was no agent', { withoutAgent: 'it is a teapot' }, ['NO_AGENT']],
  ['it was lost', { target: figures([], { wasLost: true }) }, ['AGENT_LOST']],
  ['the target has several processes', { target: figures([], { others: 1 }) }, ['MANY_PROCESSES']],
  ['it is a child of what was started', { target: figures([], { child: '12 server.js' }) }, ['CHILD_PROCESS']],
  ['it has left files open', { target: figures([], { leftFiles: { count: 9, allowed: 8 } }) }, ['FILES_LEFT_OPEN']],
  ['it has left a few open, as any process may', { target: figures([], { leftFiles: { count: 8, allowed: 8 } }) }, []],
  [
    'its heap came near its limit',
    { target: figures([second(0, S, { memory: memory(190 * MB) })], { oldLimitBytes: 100 * MB }) },
    ['NEAR_HEAP_LIMIT'],
  ],
  [
    'its heap had room',
    { target: figures([second(0, S, { memory: memory(170 * MB) })], { oldLimitBytes: 100 * MB }) },
    [],
  ],
  ['all is well', { target: figures([]) }, []],
  ['none was wished', {}, []],
])('readers are told when %s', (_title, facts, codes) => {
  expect(targetNotes(facts).map(({ code }) => code)).toEqual(codes)
})
