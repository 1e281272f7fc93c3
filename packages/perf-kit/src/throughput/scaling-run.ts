import type { Metric, Run, RunFailure, RunNote, Unit, Validity } from '../run/index.ts'
import type { UslFit } from '../stats/index.ts'
import { isCrowded } from './limiting-resource.ts'
import { EVIDENCE } from './scaling-evidence.ts'
import { fitLevels, roundDrift, type UsableLevel } from './scaling-fit.ts'
import { limitSentences, scalingSentences } from './scaling-sentence.ts'
import type { SweepParameter, SweepValue } from './sweep-values.ts'
import type { SweptLevel } from './swept-level.ts'

/** Of what a Run of a sweep says besides its figures. */
export interface ScalingFacts {
  /** of the whole: `GET / · clients 1 to 64` */
  readonly subject: string
  readonly subjectOf: (value: SweepValue) => string
  /** default: `throughput` */
  readonly suite?: string
  /** default: `default` */
  readonly configuration?: string
  readonly source?: Run['source']
  readonly startedAt: Date
  readonly durationNs: number
}

interface SweepEnd extends ScalingFacts {
  readonly failures: readonly RunFailure[]
  /** interrupted, or the target ended */
  readonly isCutShort: boolean
}

type OwnMetric = Omit<Metric, 'subject'>

const CONFIDENCE_RATIO = 0.95
/** A generator that is busier has been the limit itself, and its throughput is the least that the target can do. */
const GENERATOR_LIMIT = 0.95
const DRIFT_LIMIT = 0.1

/** The Run of a sweep: a subject for each value, and one for what they are together. */
export function toScalingRun(parameter: SweepParameter, levels: readonly SweptLevel[], end: SweepEnd): Run {
  const first = levels[0]
  if (first === undefined) throw new RangeError('a sweep without a level')
  const usable = levels.flatMap((level) => usableLevel(level))
  const fitted = fitLevels(parameter, usable)
  const drift = roundDrift(usable)
  const limits = limitSentences(parameter, levels)
  const sentences = scalingSentences(parameter, { levels, usable, fitted })
  return {
    ...first.run,
    kind: 'throughput',
    suite: end.suite ?? 'throughput',
    configuration: end.configuration ?? 'default',
    source: end.source ?? { commit: null, dirty: false },
    startedAt: end.startedAt.toISOString(),
    durationNs: end.durationNs,
    metrics: [
      ...levels.flatMap((level) => [...scalingMetrics(parameter, level, usable), ...level.run.metrics]),
      ...(fitted.fit === undefined ? [] : lawMetrics(fitted.fit)).map((metric) => ({
        subject: end.subject,
        ...metric,
      })),
    ],
    series: [],
    validity: validityOf(levels, end, drift),
    warnings: [
      ...sentences.map((sentence): RunNote => ({ ...sentence, subject: end.subject })),
      ...limits.map((message): RunNote => ({ code: 'LIMITED_BY', message, subject: end.subject })),
      ...notesOf(levels),
    ],
    failures: [...end.failures],
  }
}

/** What tells of the target: not of a generator that was the limit itself, and not of a load that was none. */
function usableLevel({ value, run, goodputs }: SweptLevel): UsableLevel[] {
  const busy = run.metrics.find(({ name }) => name === EVIDENCE.generatorBusy)?.value ?? 0
  const positive = goodputs.filter(({ perSec }) => perSec > 0)
  return busy > GENERATOR_LIMIT || positive.length === 0 ? [] : [{ value: value.value, goodputs: positive }]
}

/** Speed-up against the smallest value of all, where both tell of the target. */
function scalingMetrics(
  { unit, values }: SweepParameter,
  { value, subject }: SweptLevel,
  usable: readonly UsableLevel[],
): Metric[] {
  const meanAt = (at: number | undefined): number | undefined => {
    const goodputs = usable.find((level) => level.value === at)?.goodputs
    return goodputs === undefined ? undefined : meanOf(goodputs.map(({ perSec }) => perSec))
  }
  const smallest = Math.min(...values.map((each) => each.value))
  const [own, base] = [meanAt(value.value), meanAt(smallest)]
  const speedup = own === undefined || base === undefined ? undefined : own / base
  const metrics = [
    plain('sweepValue', unit, value.value),
    ...(speedup === undefined ? [] : [plain('speedup', 'count', speedup)]),
    // Twice as long a request is no second worker.
    ...(speedup === undefined || unit === 'bytes'
      ? []
      : [plain('efficiency', 'ratio', speedup / (value.value / smallest))]),
  ]
  return metrics.map((metric) => ({ subject, ...metric }))
}

/** Intervals only where they have an end: a peak that may be infinite has a lower one, told by a metric of its own. */
function lawMetrics({ curve, peak, intervals, fitness }: UslFit): OwnMetric[] {
  const { test, worst, typicalOffRatio, rSquaredRatio } = fitness
  return [
    plain('uslLambda', 'perSec', curve.lambda, intervals?.lambda),
    plain('uslSigma', 'ratio', curve.sigma, intervals?.sigma),
    plain('uslKappa', 'ratio', curve.kappa, intervals?.kappa),
    ...(Number.isFinite(peak.n) ? [plain('uslPeak', 'count', peak.n, intervals?.peak)] : []),
    ...(intervals === undefined ? [] : [plain('uslPeakAtLeast', 'count', intervals.peak.low)]),
    ...(Number.isFinite(peak.throughput)
      ? [plain('uslPeakThroughput', 'perSec', peak.throughput, intervals?.peakThroughput)]
      : []),
    plain('uslWorstOff', 'ratio', worst.offRatio),
    plain('uslWorstAt', 'count', worst.n),
    plain('uslTypicalOff', 'ratio', typicalOffRatio),
    plain('uslRSquared', 'ratio', rSquaredRatio),
    ...(test.kind === 'none' ? [] : [plain('uslFitP', 'ratio', test.pValue)]),
  ]
}

function plain(
  name: string,
  unit: Unit,
  value: number,
  interval?: { readonly low: number; readonly high: number },
): OwnMetric {
  const hasInterval = interval !== undefined && Number.isFinite(interval.high)
  return {
    name,
    unit,
    better: 'higher',
    gates: false,
    value,
    ...(hasInterval ? { interval: { ...interval, coverageRatio: CONFIDENCE_RATIO } } : {}),
    evidence: { kind: 'repetitions', values: [value] },
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function validityOf(levels: readonly SweptLevel[], { isCutShort }: SweepEnd, driftRatio: number): Validity {
  const states = levels.map(({ run }) => run.validity.state)
  const drifted = driftRatio > DRIFT_LIMIT
  const crowded = levels.filter(({ run }) => isCrowded(run)).map(({ value }) => value.text)
  const reasons = [
    ...(isCutShort ? ['it was ended before all values were measured'] : []),
    ...(drifted
      ? [
          `throughput changed by ${percent(driftRatio)} from one round to another at the same values: the machine or the target was not the same all the time`,
        ]
      : []),
    ...(crowded.length === 0
      ? []
      : [
          `other programs left the machine no processor to spare (at ${crowded.join(', ')}): measure again without them`,
        ]),
    ...levels.flatMap(({ subject, run }) => run.validity.reasons.map((reason) => `${subject}: ${reason}`)),
  ]
  const isInvalid = isCutShort || states.every((state) => state === 'invalid')
  const isSuspect = drifted || crowded.length > 0 || states.some((state) => state !== 'valid')
  return { state: isInvalid ? 'invalid' : isSuspect ? 'suspect' : 'valid', reasons }
}

/** What is the same of all values once; what is not, with its value. */
function notesOf(levels: readonly SweptLevel[]): RunNote[] {
  const notes = levels
    .flatMap(({ subject, run }) => run.warnings.map((note) => ({ note, subject })))
    // Of rounds, and a sweep says itself how many there were.
    .filter(({ note }) => note.code !== 'REPETITIONS')
  return [...Map.groupBy(notes, ({ note }) => note.code).values()].flatMap((alike) => {
    const isOne = new Set(alike.map(({ note }) => note.message)).size === 1
    if (isOne) return alike.slice(0, 1).map(({ note: { code, message } }) => ({ code, message }))
    return alike.map(({ note, subject }) => ({ ...note, subject, message: `${subject}: ${note.message}` }))
  })
}

function percent(ratio: number): string {
  return `${Number((100 * ratio).toPrecision(2))} %`
}
