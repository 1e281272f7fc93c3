import type { Histogram } from 'hdr-histogram-js'
import { loadHistograms, type Metric, type RunNote } from '../run/index.ts'
import { median, medianInterval } from '../stats/index.ts'
import type { DurationCounts, Measurement } from './fork/job.ts'
import type { MeasuredCase } from './measure-forks.ts'
import type { MeasuredPair } from './measure-pair.ts'
import type { PairedCase } from './measure-pairs.ts'

/** Below this many steps of the clock a single call's time is mostly the clock's. */
const RESOLUTIONS_FOR_TAIL = 10
const TAIL_QUANTILE_PERCENT = 99
/** Closer to the empty loop than this and nothing tells the function from nothing. */
const DEAD_CODE_MARGIN_NS = 0.25
const ENOUGH_FORKS = 5

type Reading = keyof Pick<Measurement, 'timePerOpNs' | 'cpuTimePerOpNs' | 'allocatedPerOpBytes'>

/** What is told of each reading; only time and allocation may fail a build. */
const READINGS: readonly {
  readonly reading: Reading
  readonly name: string
  readonly unit: Metric['unit']
  readonly gates: boolean
}[] = [
  { reading: 'timePerOpNs', name: 'timePerOp', unit: 'ns', gates: true },
  { reading: 'allocatedPerOpBytes', name: 'allocatedPerOp', unit: 'bytes', gates: true },
  { reading: 'cpuTimePerOpNs', name: 'cpuTimePerOp', unit: 'ns', gates: false },
]

/** Metrics of a case measured alone: a value a fork, and the merged tail. */
export function forkMetrics({ benchCase, forks }: MeasuredCase): Metric[] {
  const metrics = READINGS.flatMap(({ reading, name, unit, gates }): Metric[] => {
    const values = readAll(forks, reading)
    if (values === undefined) return []
    return [
      {
        subject: benchCase.subject,
        name,
        unit,
        better: 'lower',
        gates,
        value: median(values),
        ...intervalOf(values),
        evidence: { kind: 'repetitions', values },
      },
    ]
  })
  return [...metrics, ...tailMetrics(benchCase.subject, forks)]
}

/** Metrics of a case measured in pairs; values and intervals are the candidate's. */
export function pairMetrics({ benchCase, pairs, nullPairs }: PairedCase): Metric[] {
  const candidates = pairs.map((pair) => pair.candidate)
  const metrics = READINGS.flatMap(({ reading, name, unit, gates }) =>
    pairedMetric(benchCase.subject, { name, unit, gates }, pairs, reading),
  )
  return [
    ...metrics,
    ...pairedMetric(benchCase.subject, { name: 'nullTimePerOp', unit: 'ns', gates: false }, nullPairs, 'timePerOpNs'),
    ...tailMetrics(benchCase.subject, candidates),
  ]
}

function pairedMetric(
  subject: string,
  naming: Pick<Metric, 'name' | 'unit' | 'gates'>,
  pairs: readonly MeasuredPair[],
  reading: Reading,
): Metric[] {
  const baseline = readAll(
    pairs.map((pair) => pair.baseline),
    reading,
  )
  const candidate = readAll(
    pairs.map((pair) => pair.candidate),
    reading,
  )
  if (baseline === undefined || candidate === undefined) return []
  const ratios = pairs.map(({ timeRatio }) => timeRatio).filter((ratio) => ratio !== undefined)
  const alternated = reading === 'timePerOpNs' && ratios.length === pairs.length
  return [
    {
      subject,
      ...naming,
      better: 'lower',
      value: median(candidate),
      ...intervalOf(candidate),
      evidence: { kind: 'pairs', baseline, candidate, ...(alternated ? { ratios } : {}) },
    },
  ]
}

/** One value has no interval: it would cover nothing. */
function intervalOf(values: readonly number[]): Pick<Metric, 'interval'> {
  return values.length < 2 ? {} : { interval: medianInterval(values) }
}

/** A reading from every fork, or nothing: a metric that only some forks could read would compare unlike things. */
function readAll(forks: readonly Measurement[], reading: Reading): number[] | undefined {
  const values = forks.map((fork) => fork[reading]).filter((value) => value !== undefined)
  return values.length === forks.length && values.length > 0 ? values : undefined
}

function tailMetrics(subject: string, forks: readonly Measurement[]): Metric[] {
  const histogram = mergeTails(forks.map(({ tail }) => tail))
  const p99Ns = histogram.getValueAtPercentile(TAIL_QUANTILE_PERCENT)
  const resolutionNs = Math.max(...forks.map(({ timerResolutionNs }) => timerResolutionNs))
  if (histogram.totalCount === 0 || p99Ns < RESOLUTIONS_FOR_TAIL * resolutionNs) return []
  return [
    {
      subject,
      name: 'tailP99',
      unit: 'ns',
      better: 'lower',
      gates: false,
      value: p99Ns,
      evidence: {
        kind: 'histogram',
        encoding: 'hdr-v2-compressed-base64',
        count: histogram.totalCount,
        data: loadHistograms().encodeIntoCompressedBase64(histogram),
      },
    },
  ]
}

function mergeTails(tails: readonly DurationCounts[]): Histogram {
  const histogram = loadHistograms().build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
  for (const tail of tails) {
    for (const [durationNs, count] of tail) histogram.recordValueWithCount(Math.round(durationNs), count)
  }
  return histogram
}

/** The shortest time that any process saw: a busy machine only ever adds to what nothing costs. */
function leastTimeNs(measured: MeasuredCase | PairedCase): number {
  const forks = 'forks' in measured ? measured.forks : measured.pairs.map(({ candidate }) => candidate)
  return Math.min(measured.calibration.timePerOpNs, ...forks.map(({ timePerOpNs }) => timePerOpNs))
}

/** What a reader should doubt about a case, whichever way it was measured. */
export function caseWarnings(measured: MeasuredCase | PairedCase): RunNote[] {
  const { benchCase, calibration, printed } = measured
  const { subject } = benchCase
  const warnings: RunNote[] = []
  if (leastTimeNs(measured) - calibration.emptyTimePerOpNs < DEAD_CODE_MARGIN_NS) {
    warnings.push({
      code: 'DEAD_CODE',
      subject,
      message:
        'costs no more than an empty function, so V8 has probably removed the work: return a value that depends on it, and derive the input from the iteration number',
    })
  }
  if (printed) {
    warnings.push({
      code: 'PRINTS',
      subject,
      message: 'prints while it is measured, and printing is part of its time: remove it',
    })
  }
  if ('forks' in measured && measured.forks.length < ENOUGH_FORKS) {
    warnings.push({
      code: 'FEW_FORKS',
      subject,
      message: `only ${measured.forks.length} of the ${ENOUGH_FORKS} forks that a verdict needs: give it more time or --forks 10`,
    })
  }
  if ('rejectedPairs' in measured && measured.rejectedPairs > 0.2 * measured.pairs.length) {
    warnings.push({
      code: 'DISTURBED',
      subject,
      message: `${measured.rejectedPairs} pairs were measured again, because the machine took time away from them: close other programs`,
    })
  }
  return warnings
}
