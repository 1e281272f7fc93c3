import * as hdr from 'hdr-histogram-js'
import { judgePairRuns } from '../../src/baseline/index.ts'
import { type BenchReport, makeReport } from '../../src/report/index.ts'
import type { Metric, Run } from '../../src/run/index.ts'
import { makeRun, noise, paired } from '../baseline/make-run.ts'

const PAIRS = 22

/** A comparison with one of everything: a pass, a regression in time, one in memory, an improvement and a doubt. */
export function sampleReport(changes: Partial<Run> = {}): BenchReport {
  const run = makeRun({
    against: { ref: 'main', commit: 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334', dirty: false },
    metrics: [
      ...bench('routing/lookup tools=10 outcome=hit', { timeNs: 21.3, factor: 1, bytes: [0, 0] }),
      ...bench('routing/lookup tools=10000 outcome=miss', { timeNs: 48.1, factor: 1.124, bytes: [0, 0] }),
      ...bench('routing/refresh one backend tools=1000', {
        timeNs: 183_000,
        factor: 1.001,
        bytes: [65_536, 98_304],
        tail: true,
      }),
      ...bench('routing/merge', { timeNs: 2_310, factor: 0.92, bytes: [640, 640], tail: true }),
      ...bench('routing/list', {
        timeNs: 1.9e6,
        factor: 1.01,
        bytes: [1_200_000, 1_200_000],
        spread: 0.08,
        tail: true,
      }),
      ...nulls(),
    ],
    warnings: [
      { code: 'PRINTS', subject: 'routing/merge', message: 'prints while it is measured: remove it' },
      { code: 'PRINTS', subject: 'routing/list', message: 'prints while it is measured: remove it' },
    ],
    failures: [
      {
        subject: 'routing/broken',
        code: 'BENCH_FAILED',
        message: 'setup threw TypeError: table.close is not a function',
        remedy: 'Mend benches/routing/broken.bench.ts:12.',
      },
    ],
    ...changes,
  })
  return makeReport({ runs: [run], comparisons: judgePairRuns([run]) })
}

interface BenchFacts {
  readonly timeNs: number
  /** candidate's time over the baseline's */
  readonly factor: number
  readonly bytes: readonly [number, number]
  readonly spread?: number
  readonly tail?: boolean
}

function bench(subject: string, { timeNs, factor, bytes, spread = 0.01, tail = false }: BenchFacts): Metric[] {
  const draw = noise(subject.length)
  const times = (center: number) => Array.from({ length: PAIRS }, () => center * (1 + spread * draw()))
  const candidate = times(timeNs * factor)
  const value = candidate.toSorted((left, right) => left - right)[PAIRS >> 1] ?? 0
  const interval = { low: value * (1 - spread / 3), high: value * (1 + spread / 3), coverageRatio: 0.95 }
  return [
    { ...paired(times(timeNs), candidate, { subject }), interval },
    paired(repeat(bytes[0]), repeat(bytes[1]), { subject, name: 'allocatedPerOp', unit: 'bytes' }),
    ...(tail ? [tailMetric(subject, timeNs * factor)] : []),
  ]
}

function repeat(value: number): number[] {
  return new Array<number>(PAIRS).fill(value)
}

function tailMetric(subject: string, timeNs: number): Metric {
  const histogram = hdr.build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
  for (let call = 0; call < 1000; call++) {
    histogram.recordValue(Math.round(timeNs * (0.9 + 0.3 * (call / 1000) ** 3 + (call % 100 === 0 ? 1 : 0))))
  }
  return {
    subject,
    name: 'tailP99',
    unit: 'ns',
    better: 'lower',
    gates: false,
    value: histogram.getValueAtPercentile(99),
    evidence: {
      kind: 'histogram',
      encoding: 'hdr-v2-compressed-base64',
      count: 1000,
      data: hdr.encodeIntoCompressedBase64(histogram),
    },
  }
}

function nulls(): Metric[] {
  const draw = noise(11)
  const side = () => Array.from({ length: 12 }, () => 21.3 * (1 + 0.01 * draw()))
  const subject = 'routing/lookup tools=10 outcome=hit'
  return [paired(side(), side(), { subject, name: 'nullTimePerOp', gates: false })]
}
