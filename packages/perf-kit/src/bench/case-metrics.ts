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

type Reading = keyof Pick<Measurement, 'timePerOpNs' | 'meanTimePerOpNs' | 'cpuTimePerOpNs' | 'allocatedPerOpBytes'>

interface ReadingFacts extends Pick<Metric, 'name' | 'unit' | 'gates' | 'guard'> {
  readonly reading: Reading
}

/**
 * What is told of each reading; only time and allocation may fail a build. The mean guards the median, which sees no cost
 * that comes in fewer than half of the batches, such as a sweep every thousandth call. It is the noisier of the two, so
 * it is not waited for.
 */
const READINGS: readonly ReadingFacts[] = [
  { reading: 'timePerOpNs', name: 'timePerOp', unit: 'ns', gates: true },
  { reading: 'meanTimePerOpNs', name: 'meanTimePerOp', unit: 'ns', gates: true, guard: true },
  { reading: 'allocatedPerOpBytes', name: 'allocatedPerOp', unit: 'bytes', gates: true },
  { reading: 'cpuTimePerOpNs', name: 'cpuTimePerOp', unit: 'ns', gates: false },
]

/** Metrics of a case measured alone: a value a fork, and the merged tail. */
export function forkMetrics({ benchCase, forks }: MeasuredCase): Metric[] {
  const metrics = READINGS.flatMap(({ reading, ...naming }): Metric[] => {
    const values = forks.map((fork) => fork[reading]).filter((value) => value !== undefined)
    if (values.length === 0) return []
    return [
      {
        subject: benchCase.subject,
        ...naming,
        better: 'lower',
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
  const { subject } = benchCase
  const nullTime: ReadingFacts = { reading: 'timePerOpNs', name: 'nullTimePerOp', unit: 'ns', gates: false }
  return [
    ...READINGS.flatMap((facts) => pairedMetric(subject, facts, pairs)),
    ...pairedMetric(subject, nullTime, nullPairs),
    ...tailMetrics(benchCase.subject, candidates),
  ]
}

/** Of the pairs whose sides both gave the reading. */
function pairedMetric(subject: string, { reading, ...naming }: ReadingFacts, pairs: readonly MeasuredPair[]): Metric[] {
  const readable = pairs.flatMap((pair) => {
    const baseline = pair.baseline[reading]
    const candidate = pair.candidate[reading]
    return baseline === undefined || candidate === undefined
      ? []
      : [{ baseline, candidate, ratio: ratioOf(pair, reading) }]
  })
  if (readable.length === 0) return []
  const candidate = readable.map((pair) => pair.candidate)
  const ratios = readable.map(({ ratio }) => ratio).filter((ratio) => ratio !== undefined)
  return [
    {
      subject,
      ...naming,
      better: 'lower',
      value: median(candidate),
      ...intervalOf(candidate),
      evidence: {
        kind: 'pairs',
        baseline: readable.map((pair) => pair.baseline),
        candidate,
        ...(ratios.length === readable.length ? { ratios } : {}),
      },
    },
  ]
}

/** Sharper than the quotient of the sides' values, where the sides' slices alternated. */
function ratioOf({ timeRatio, meanTimeRatio }: MeasuredPair, reading: Reading): number | undefined {
  if (reading === 'timePerOpNs') return timeRatio
  return reading === 'meanTimePerOpNs' ? meanTimeRatio : undefined
}

/** One value has no interval: it would cover nothing. */
function intervalOf(values: readonly number[]): Pick<Metric, 'interval'> {
  return values.length < 2 ? {} : { interval: medianInterval(values) }
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
  if ('pairs' in measured) warnings.push(...pairWarnings(measured))
  return warnings
}

function pairWarnings({ benchCase: { subject }, pairs, rejectedPairs }: PairedCase): RunNote[] {
  const warnings: RunNote[] = []
  if (rejectedPairs > 0.2 * pairs.length) {
    warnings.push({
      code: 'DISTURBED',
      subject,
      message: `${rejectedPairs} pairs were measured again, because the machine took time away from them: close other programs`,
    })
  }
  if (process.platform === 'linux' && pairs.some(({ shared }) => !shared)) {
    warnings.push({
      code: 'NOT_PINNED',
      subject,
      message:
        'its two sides could not be tied to one processor, so they differ by what the processors do: install util-linux for its taskset',
    })
  }
  const reads = (side: 'baseline' | 'candidate') =>
    pairs.filter((pair) => pair[side].allocatedPerOpBytes !== undefined).length
  if ((reads('baseline') === 0) !== (reads('candidate') === 0)) {
    warnings.push({
      code: 'ALLOCATION_ONE_SIDED',
      subject,
      message: `bytes were not compared: ${reads('baseline') === 0 ? 'the other' : 'this'} side's calls use ArrayBuffers too large to be counted`,
    })
  }
  return warnings
}
