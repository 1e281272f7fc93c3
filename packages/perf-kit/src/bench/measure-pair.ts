import { PerfKitError } from '../errors/index.ts'
import { median } from '../stats/index.ts'
import type { BenchCase } from './discover.ts'
import type { Calibration, Measurement } from './fork/job.ts'
import type { ForkProcess } from './fork-process.ts'
import { type ForkContext, measurementOf, startSide } from './measure-case.ts'
import { pinMainThread } from './processor.ts'

/** Two processes, one a side, whose slices alternated. */
export interface MeasuredPair {
  readonly baseline: Measurement
  readonly candidate: Measurement
  /** candidate's time ÷ baseline's: median over slices that ran next to each other; undefined without slices */
  readonly timeRatio: number | undefined
  /** the same of the slices' means */
  readonly meanTimeRatio: number | undefined
  /** whether both sides were tied to the same processor; without, they may differ by what the processors differ */
  readonly shared: boolean
}

export interface PairSide {
  /** for messages: "this side", "the other side" */
  readonly label: string
  readonly benchCase: BenchCase
  readonly rootDirectory: string
}

export interface PairOptions {
  readonly baseline: PairSide
  readonly candidate: PairSide
  readonly calibration: Calibration
  readonly context: Omit<ForkContext, 'rootDirectory'>
  readonly baselineFirst: boolean
  /** compare times and nothing else */
  readonly timeOnly: boolean
  /** where both sides run; undefined lets the system choose, for each side anew */
  readonly processor: number | undefined
}

/**
 * Measure a pair: start both processes, let both load and set up, then hand the turn back and forth slice by slice, so
 * that only one of them ever runs and both meet the machine in the same state. A shared machine changes its speed by
 * half within a second; two whole forks one after the other would put such a change into their difference.
 *
 * Slices go A B, B A, A B …, so that neither side always finds the other's leavings in the caches.
 */
export async function measurePair(options: PairOptions): Promise<MeasuredPair> {
  const { context, calibration } = options
  const start = ({ benchCase, rootDirectory }: PairSide): ForkProcess =>
    startSide(benchCase, calibration, { ...context, rootDirectory }, options.timeOnly)
  const sides: ForkProcess[] = []
  try {
    const baseline = start(options.baseline)
    sides.push(baseline)
    const candidate = start(options.candidate)
    sides.push(candidate)
    await Promise.all([baseline.ready(), candidate.ready()])
    const shared = await shareProcessor(sides, options.processor)
    let baselineFirst = options.baselineFirst
    while (!baseline.ended || !candidate.ended) {
      const order = baselineFirst ? [baseline, candidate] : [candidate, baseline]
      for (const side of order) await side.takeTurn()
      baselineFirst = !baselineFirst
    }
    const measured = {
      baseline: await onSide(options.baseline.label, baseline.finished.then(measurementOf)),
      candidate: await onSide(options.candidate.label, candidate.finished.then(measurementOf)),
    }
    return {
      ...measured,
      timeRatio: medianRatio(measured.baseline.sliceTimesPerOpNs, measured.candidate.sliceTimesPerOpNs),
      meanTimeRatio: medianRatio(measured.baseline.sliceMeansPerOpNs, measured.candidate.sliceMeansPerOpNs),
      shared,
    }
  } finally {
    for (const side of sides) side.stop()
    await Promise.allSettled(sides.map(({ finished }) => finished))
  }
}

/**
 * The processors of a hosted machine differ: each shares its core with other people's work. Measured on one with two,
 * the same code took 1.6 times as long on one of them for seconds on end, and a side stays where it was started.
 */
async function shareProcessor(sides: readonly ForkProcess[], processor: number | undefined): Promise<boolean> {
  if (processor === undefined) return false
  const tied = await Promise.all(
    sides.map(async ({ pid }) => pid !== undefined && (await pinMainThread(pid, processor))),
  )
  return tied.every(Boolean)
}

function medianRatio(baselineNs: readonly number[], candidateNs: readonly number[]): number | undefined {
  const ratios = candidateNs.map((timeNs, slice) => timeNs / (baselineNs[slice] ?? Number.NaN))
  return ratios.length === 0 ? undefined : median(ratios)
}

/** Say on which side it failed. */
export async function onSide<Result>(label: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof PerfKitError) || error.code === 'INTERRUPTED') throw error
    throw new PerfKitError(error.code, `on ${label}: ${error.message}`, {
      cause: error,
      remedy: error.remedy,
      ...(error.where === undefined ? {} : { where: error.where }),
    })
  }
}
