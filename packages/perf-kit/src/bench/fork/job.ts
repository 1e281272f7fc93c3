import type { BenchArg } from '../../config/index.ts'

/** The one descriptor beside stdio: results go there, so that a benchmark may print whatever it likes. */
export const RESULT_FD = 3

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

export interface MeasureJob {
  readonly mode: 'measure'
  readonly selector: CaseSelector
  readonly engine: EngineName
  /** calls in one timed batch, the same on both sides of a comparison */
  readonly batchIterations: number
  readonly warmupNs: number
  readonly measureNs: number
  readonly tailNs: number
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
}

/** Distinct durations and how often each was seen: small, mergeable, and exact to three digits. */
export type DurationCounts = readonly (readonly [durationNs: number, count: number])[]

export interface Measurement {
  /** median of batch means */
  readonly timePerOpNs: number
  readonly batches: number
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
  | { readonly type: 'listed'; readonly benches: readonly ListedBench[] }
  | { readonly type: 'calibrated'; readonly calibration: Calibration }
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'problem'; readonly problem: ForkProblem }
  | { readonly type: 'done' }
