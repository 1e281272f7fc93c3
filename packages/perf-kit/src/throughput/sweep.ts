import { setTimeout as sleep } from 'node:timers/promises'
import { PerfKitError } from '../errors/index.ts'
import { poolRuns } from '../load/index.ts'
import type { Run, RunFailure } from '../run/index.ts'
import { evidenceMetrics, type ScalingEvidence } from './scaling-evidence.ts'
import { type ScalingFacts, toScalingRun } from './scaling-run.ts'
import { sweepOrder } from './sweep-order.ts'
import { checkedParameter, type SweepParameter, type SweepValue } from './sweep-values.ts'
import type { SweptLevel } from './swept-level.ts'

const NS_PER_MS = 1e6
const DEFAULT_ROUNDS = 3
const REST_NS = 0.2e9

/** What one measurement of one value gave. */
export interface SweepPoint {
  /** of a load, of any subject */
  readonly run: Run
  readonly evidence: ScalingEvidence
}

export interface SweepStep {
  readonly value: SweepValue
  /** what it is called in the Run */
  readonly subject: string
  /** from 0 */
  readonly round: number
  /** from 0, of all measurements */
  readonly index: number
  readonly count: number
}

export interface SweepOptions extends Omit<ScalingFacts, 'startedAt' | 'durationNs'> {
  readonly parameter: SweepParameter
  /** how often each value is measured; default 3 */
  readonly rounds?: number
  /** of the order; default 1 */
  readonly seed?: number
  /** between the end of one measurement and the beginning of the next; default 0.2 s */
  readonly restNs?: number
  readonly signal?: AbortSignal
  /** One value, once. What it throws makes a failure of that value, unless all of them fail and nothing was measured. */
  readonly measure: (step: SweepStep) => Promise<SweepPoint>
  /** nothing more can be measured: the target has ended */
  readonly isOver?: () => boolean
}

/**
 * Measure the same load at each value of a parameter, several times each, in an order that is shuffled anew each time, and say how
 * throughput grows with it, what limits it, and what the Universal Scalability Law makes of it.
 *
 * @returns a Run of kind `throughput`: a subject for each value, and one for the whole. Interrupted, it is of what is whole
 * @throws {PerfKitError} `LOAD_INVALID` for values that make no sweep; what `measure` throws, if it throws for every value
 */
export async function sweep(options: SweepOptions): Promise<Run> {
  const parameter = checkedParameter(options.parameter)
  const { rounds = DEFAULT_ROUNDS, seed = 1, restNs = REST_NS, signal, isOver = () => false } = options
  const startedAt = new Date()
  const startMs = performance.now()
  const subjects = parameter.values.map((value) => options.subjectOf(value))
  const points = parameter.values.map((): (SweepPoint & { readonly round: number })[] => [])
  const failures = new Map<number, unknown>()
  const order = await sweepOrder(parameter.values.length, rounds, seed)
  const steps = order.flatMap((indices, round) => indices.map((at) => ({ at, round })))
  for (const [index, { at, round }] of steps.entries()) {
    if (isAborted(signal) || isOver()) break
    // A target that does not start with a value does not start with it in the next round either.
    if (failures.has(at)) continue
    if (index > 0) await rest(restNs, signal)
    const value = parameter.values[at]
    const subject = subjects[at]
    if (isAborted(signal) || value === undefined || subject === undefined) break
    try {
      const point = await options.measure({ value, subject, round, index, count: steps.length })
      if (isAborted(signal) && point.run.validity.state === 'invalid') break
      points[at]?.push({ ...point, round })
    } catch (error) {
      if (isAborted(signal)) break
      failures.set(at, error)
      // What was measured before is worth more than an error.
      if (failures.size === parameter.values.length && points.every((own) => own.length === 0)) throw error
    }
  }
  const levels = parameter.values.flatMap((value, at) => levelOf(value, subjects[at] ?? '', points[at] ?? []))
  if (levels.length === 0) throw interrupted()
  const perValue = steps.length / parameter.values.length
  return toScalingRun(parameter, levels, {
    ...options,
    startedAt,
    durationNs: Math.round((performance.now() - startMs) * NS_PER_MS),
    failures: [...failures].map(([at, error]) => failureOf(subjects[at] ?? '', error)),
    // What failed was given up, and is told of by itself.
    isCutShort: points.some((own, at) => !failures.has(at) && own.length < perValue),
  })
}

/** Asked again after each wait, which the compiler does not know to change it. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

function levelOf(
  value: SweepValue,
  subject: string,
  points: readonly (SweepPoint & { readonly round: number })[],
): SweptLevel[] {
  if (points.length === 0) return []
  const pooled = poolRuns(
    points.map(({ run }) => renamed(run, subject)),
    { planned: points.length, durationNs: 0, wasEnded: false },
  )
  const evidence = evidenceMetrics(points.map((point) => point.evidence)).map((metric) => ({ subject, ...metric }))
  const run = { ...pooled, metrics: [...pooled.metrics, ...evidence], series: [] }
  const goodputs = points
    .filter((point) => point.run.validity.state !== 'invalid')
    .map((point) => ({ round: point.round, perSec: goodputOf(point.run) }))
  return [{ value, subject, run, goodputs }]
}

/** Whatever its subject was called: parts of it keep their own names behind it. */
function renamed(run: Run, subject: string): Run {
  const whole = run.metrics[0]?.subject ?? subject
  const name = (text: string): string => (text.startsWith(whole) ? subject + text.slice(whole.length) : text)
  return {
    ...run,
    metrics: run.metrics.map((metric) => ({ ...metric, subject: name(metric.subject) })),
    series: [],
    warnings: run.warnings.map((note) =>
      note.subject === undefined ? note : { ...note, subject: name(note.subject) },
    ),
  }
}

function goodputOf({ metrics }: Run): number {
  return metrics.find(({ name }) => name === 'goodput')?.value ?? 0
}

function failureOf(subject: string, error: unknown): RunFailure {
  if (error instanceof PerfKitError) {
    const { code, message, remedy } = error
    return { subject, code, message, remedy }
  }
  return { subject, code: 'LOAD_FAILED', message: error instanceof Error ? error.message : String(error), remedy: '' }
}

function interrupted(): PerfKitError {
  return new PerfKitError('INTERRUPTED', 'interrupted before anything was measured', { remedy: 'Let it run longer.' })
}

async function rest(restNs: number, signal?: AbortSignal): Promise<void> {
  await sleep(restNs / NS_PER_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
}
