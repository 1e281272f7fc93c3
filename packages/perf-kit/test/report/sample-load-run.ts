import * as hdr from 'hdr-histogram-js'
import type { Metric, Run, Series } from '../../src/run/index.ts'
import { makeRun, noise } from '../baseline/make-run.ts'

const SUBJECT = 'POST /mcp · 2000/s, poisson'

const NS_PER_SEC = 1e9
const TAIL_FROM = 0.985
const QUANTILES = [
  ['P50', 0.5],
  ['P90', 0.9],
  ['P95', 0.95],
  ['P99', 0.99],
  ['P999', 0.999],
] as const

export interface SampleFacts {
  readonly seconds: number
  readonly perSec: number
  /** of each request's times: 1 is as the sample has it */
  readonly slowness?: number
}

/** The Run of an open loop as `perf-kit load` makes it: a pause in the middle, some failures, the same each time. */
export function sampleLoadRun(changes: Partial<Run> = {}, facts: SampleFacts = { seconds: 30, perSec: 2000 }): Run {
  const count = Math.round(facts.seconds * facts.perSec)
  const failed = Math.ceil(count / 2000)
  const slowness = facts.slowness ?? 1
  return {
    ...makeRun(),
    kind: 'load',
    suite: 'load',
    durationNs: facts.seconds * NS_PER_SEC,
    metrics: [
      {
        ...single('goodput', 'perSec', (count - failed) / facts.seconds),
        better: 'higher',
        interval: { low: facts.perSec * 0.985, high: facts.perSec * 1.005, coverageRatio: 0.95 },
      },
      proportion('errorRatio', failed, count),
      proportion('notSentRatio', 0, count),
      ...times('responseTime', count, 1.4e6 * slowness, 0.45, 60),
      ...times('responseTimeOk', count - failed, 1.35e6 * slowness, 0.44, 60),
      ...times('serviceTime', count, 1.2e6 * slowness, 0.35, 6),
      ...times('connectTime', 40, 0.3e6, 0.3),
      ...times('tcpTime', 40, 0.12e6, 0.3),
      ...times('sendLag', count, 8e3, 0.9),
      { ...single('outcome HTTP 200', 'count', count - failed), better: 'higher' },
      single('outcome HTTP 503', 'count', failed - Math.floor(failed / 3)),
      single('outcome ECONNRESET', 'count', Math.floor(failed / 3)),
    ],
    series: sampleSeries(facts, slowness),
    warnings: [],
    ...changes,
  }
}

export function single(name: string, unit: Metric['unit'], value: number): Metric {
  return {
    subject: SUBJECT,
    name,
    unit,
    better: 'lower',
    gates: false,
    value,
    evidence: { kind: 'repetitions', values: [value] },
  }
}

function proportion(name: string, part: number, whole: number): Metric {
  return { ...single(name, 'ratio', part / whole), evidence: { kind: 'proportion', part, whole } }
}

/**
 * Log-logistic about a median; with a tail, one in seventy waits behind a pause, some of them many times as long.
 *
 * @param tail - how many times as long the slowest is
 */
export function times(name: string, count: number, medianNs: number, spread: number, tail = 1): Metric[] {
  const histogram = hdr.build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
  // As many as make the shape; each stands for several of the requests.
  const draws = Math.min(count, 20_000)
  for (let index = 0; index < draws; index++) {
    const share = (index + 0.5) / draws
    const pause = 1 + (tail - 1) * Math.max(0, (share - TAIL_FROM) / (1 - TAIL_FROM)) ** 3
    const weight = Math.floor(((index + 1) * count) / draws) - Math.floor((index * count) / draws)
    const value = medianNs * Math.min(8, (share / (1 - share)) ** (0.55 * spread)) * pause
    histogram.recordValueWithCount(Math.round(value), weight)
  }
  const data = hdr.encodeIntoCompressedBase64(histogram)
  return [
    {
      ...single(name, 'ns', histogram.mean),
      evidence: { kind: 'histogram', encoding: 'hdr-v2-compressed-base64', count, data },
    },
    ...QUANTILES.map(([suffix, quantileRatio]): Metric => {
      const value = histogram.getValueAtPercentile(100 * quantileRatio)
      return {
        ...single(`${name}${suffix}`, 'ns', value),
        interval: { low: value * 0.98, high: value * 1.03, coverageRatio: 0.95 },
        evidence: { kind: 'quantile', of: name, quantileRatio, count },
      }
    }),
  ]
}

function sampleSeries({ seconds, perSec }: SampleFacts, slowness: number): Series[] {
  const draw = noise(5)
  const length = Math.ceil(seconds)
  const pauseAt = Math.floor(length * 0.6)
  const isPause = (second: number): boolean => length > 3 && second === pauseAt
  const series = (name: string, unit: Series['unit'], valueAt: (second: number) => number | null): Series => ({
    subject: SUBJECT,
    name,
    unit,
    fromNs: 0,
    everyNs: NS_PER_SEC,
    values: Array.from({ length }, (_, second) => valueAt(second)),
  })
  const ns = (value: number): number => Math.round(value * slowness * (1 + 0.12 * draw()))
  return [
    series('plannedRate', 'perSec', () => perSec),
    series('succeeded', 'perSec', (second) => Math.round(perSec * (isPause(second) ? 0.4 : 1 + 0.03 * draw()))),
    series('failed', 'perSec', (second) => (isPause(second) ? Math.round(perSec / 100) : 0)),
    series('notSent', 'perSec', () => 0),
    series('responseTimeP50', 'ns', (second) => ns(isPause(second) ? 9e6 : 1.4e6)),
    series('responseTimeP99', 'ns', (second) => ns(isPause(second) ? 240e6 : 4.1e6)),
    series('responseTimeMax', 'ns', (second) => ns(isPause(second) ? 610e6 : 14e6)),
  ]
}
