import type { BenchArg } from '../../config/index.ts'

/** Results go here and not to stdout, so that a benchmark may print whatever it likes. */
export const RESULT_FD = 3

/** One byte read from here is leave to run one slice; only in forks that take turns. */
export const TURN_FD = 4

export type EngineName = 'tinybench' | 'mitata'

/** One benchmark with one value for each of its arguments. */
export interface CaseSelector {
  /** absolute path of the bench file */
  readonly file: string
  readonly name: string
  readonly args: Readonly<Record<string, BenchArg>>
}

export interface ListJob {
  readonly mode: 'list'
  readonly files: readonly string[]
}

export interface CalibrateJob {
  readonly mode: 'calibrate'
  readonly selector: CaseSelector
}

/**
 * How much a fork runs: calls make a batch, batches a slice. Counts and not times, so that both sides of a comparison
 * do the same work, slice by slice.
 */
export interface MeasurePlan {
  readonly batchIterations: number
  readonly batchesPerSlice: number
  readonly warmupSlices: number
  readonly slices: number
  /** calls whose allocation is read at once */
  readonly allocationCalls: number
  /** bound of the unbatched pass */
  readonly tailNs: number
  /** mitata counts for itself and takes a time */
  readonly mitataBudgetNs: number
}

export interface MeasureJob {
  readonly mode: 'measure'
  readonly selector: CaseSelector
  readonly engine: EngineName
  readonly plan: MeasurePlan
  /** wait for a turn before each slice: two forks of a pair alternate, and never run at the same time */
  readonly takesTurns: boolean
  /** leave out allocation and single calls: nobody asks a null pair for them */
  readonly timeOnly: boolean
}

export type ForkJob = ListJob | CalibrateJob | MeasureJob

export interface ListedBench {
  readonly file: string
  readonly name: string
  readonly cases: readonly CaseSelector['args'][]
}

export interface ForkProblem {
  readonly file: string
  readonly code: 'BENCH_FILE_INVALID' | 'BENCH_FAILED'
  readonly message: string
  readonly remedy: string
}

export interface Calibration {
  readonly timePerOpNs: number
  readonly batchIterations: number
  /** the same loop around an empty function; what cannot be told from this was probably optimised away */
  readonly emptyTimePerOpNs: number
  readonly timerResolutionNs: number
  /** calls whose allocation is to be read at once */
  readonly allocationCalls: number
}

/** Distinct durations and how often each was seen: small, mergeable, and exact to three digits. */
export type DurationCounts = readonly (readonly [durationNs: number, count: number])[]

export interface Measurement {
  /** median of batch means */
  readonly timePerOpNs: number
  /** the same for each slice, in the order they ran; empty where the engine has no slices */
  readonly sliceTimesPerOpNs: readonly number[]
  /**
   * Median over slices of a slice's mean: what the batch median is blind to, a cost that comes once in many calls;
   * undefined where a slice is a single batch or the engine has no slices
   */
  readonly meanTimePerOpNs: number | undefined
  readonly sliceMeansPerOpNs: readonly number[]
  /** CPU time of the benchmark's own thread; undefined where the engine hides its loop */
  readonly cpuTimePerOpNs: number | undefined
  /** bytes newly allocated per call (heap and ArrayBuffers); undefined where collections could not be kept out */
  readonly allocatedPerOpBytes: number | undefined
  /** single unbatched calls, timer cost subtracted */
  readonly tail: DurationCounts
  readonly timerResolutionNs: number
  readonly involuntarySwitches: number
}

export type ForkMessage =
  | { readonly type: 'yield' }
  | { readonly type: 'listed'; readonly benches: readonly ListedBench[] }
  | { readonly type: 'calibrated'; readonly calibration: Calibration }
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'problem'; readonly problem: ForkProblem }
  | { readonly type: 'done' }
