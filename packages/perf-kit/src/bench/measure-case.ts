import { join } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import type { RunFailure } from '../run/index.ts'
import type { BenchCase } from './discover.ts'
import type { Calibration, EngineName, ForkMessage, MeasureJob, Measurement, MeasurePlan } from './fork/job.ts'
import { type ForkOptions, ForkProcess, type ForkResult, runFork } from './fork-process.ts'

/** How long the parts of a fork take, and what it may use. */
export interface MeasureSettings {
  readonly engine: EngineName
  readonly warmupNs: number
  readonly measureNs: number
  readonly tailNs: number
  readonly forkTimeoutNs: number
  readonly memoryLimitBytes: number
}

export interface ForkContext {
  readonly settings: MeasureSettings
  /** the checkout whose benches and library are measured */
  readonly rootDirectory: string
  readonly signal?: AbortSignal
  readonly seed?: ForkSeed
}

/** What must be equal within a pair and differ between pairs, because each moves a benchmark by some percent. */
export interface ForkSeed {
  /** V8's `--hash-seed` and `--random-seed` */
  readonly v8Seed: number
  /** bytes of environment, which shift the stack (Mytkowicz et al. 2009) */
  readonly paddingBytes: number
}

export function drawSeed(random: () => number): ForkSeed {
  return { v8Seed: 1 + Math.floor(random() * (2 ** 31 - 2)), paddingBytes: Math.floor(random() * 4096) }
}

/** Calibration, or why the case cannot be measured. Interruption is thrown: it ends more than one case. */
export async function calibrateCase(
  benchCase: BenchCase,
  context: ForkContext,
): Promise<Calibration & { readonly printed: boolean }> {
  const selector = selectorOf(benchCase, context.rootDirectory)
  const result = await runFork({ mode: 'calibrate', selector }, forkOptions(context))
  for (const message of messagesOf(result)) {
    if (message.type === 'calibrated') return { ...message.calibration, printed: result.printed }
  }
  throw protocolError()
}

/** Measure a case in one fork. */
export async function measureCase(
  benchCase: BenchCase,
  calibration: Calibration,
  context: ForkContext,
): Promise<Measurement> {
  return measurementOf(await runFork(measureJob(benchCase, calibration, context), forkOptions(context)))
}

/** One side of a pair, ready to take turns. */
export function startSide(
  benchCase: BenchCase,
  calibration: Calibration,
  context: ForkContext,
  timeOnly: boolean,
): ForkProcess {
  return new ForkProcess(
    { ...measureJob(benchCase, calibration, context), takesTurns: true, timeOnly },
    forkOptions(context),
  )
}

/** @throws {PerfKitError} what the fork reported about its bench file */
export function measurementOf(result: ForkResult): Measurement {
  for (const message of messagesOf(result)) {
    if (message.type === 'measured') return message.measurement
  }
  throw protocolError()
}

function measureJob(
  benchCase: BenchCase,
  calibration: Calibration,
  { settings, rootDirectory }: ForkContext,
): MeasureJob {
  return {
    mode: 'measure',
    selector: selectorOf(benchCase, rootDirectory),
    engine: settings.engine,
    plan: planSlices(calibration, settings),
    takesTurns: false,
    timeOnly: false,
  }
}

/**
 * A slice is short beside the seconds in which a shared machine changes its speed, and long beside the 0.1 ms that it
 * takes to pass a turn and to warm a cache again.
 */
const SLICE_NS = 10e6
const MIN_SLICES = 7
const MIN_WARMUP_SLICES = 2

function planSlices(
  { timePerOpNs, batchIterations, allocationCalls }: Calibration,
  settings: MeasureSettings,
): MeasurePlan {
  const batchNs = timePerOpNs * batchIterations
  const batchesPerSlice = Math.max(1, Math.round(SLICE_NS / batchNs))
  const sliceNs = batchNs * batchesPerSlice
  return {
    batchIterations,
    batchesPerSlice,
    warmupSlices: Math.max(MIN_WARMUP_SLICES, Math.round(settings.warmupNs / sliceNs)),
    slices: Math.max(MIN_SLICES, Math.round(settings.measureNs / sliceNs)),
    allocationCalls,
    tailNs: settings.tailNs,
    mitataBudgetNs: settings.warmupNs + settings.measureNs,
  }
}

function selectorOf({ file, name, args }: BenchCase, rootDirectory: string) {
  return { file: join(rootDirectory, file), name, args }
}

export function forkOptions({ settings, rootDirectory, signal, seed }: ForkContext): ForkOptions {
  return {
    timeoutNs: settings.forkTimeoutNs,
    memoryLimitBytes: settings.memoryLimitBytes,
    cwd: rootDirectory,
    ...(signal === undefined ? {} : { signal }),
    ...(seed === undefined
      ? {}
      : {
          extraFlags: [`--hash-seed=${seed.v8Seed}`, `--random-seed=${seed.v8Seed}`],
          // What V8 keeps of compiled files holds for one seed: nobody would find it again, and each process would leave a folder of it.
          extraEnv: { PERF_KIT_PADDING: 'x'.repeat(seed.paddingBytes), NODE_DISABLE_COMPILE_CACHE: '1' },
        }),
  }
}

/** @throws {PerfKitError} what the fork reported about its bench file */
function messagesOf({ messages }: ForkResult): readonly ForkMessage[] {
  for (const message of messages) {
    if (message.type === 'problem') {
      const { code, message: text, remedy, file } = message.problem
      throw new PerfKitError(code, text, { remedy, where: file })
    }
  }
  return messages
}

function protocolError(): PerfKitError {
  return new PerfKitError('FORK_PROTOCOL', 'its process ended well but sent no result', {
    remedy: 'A benchmark must leave file descriptor 3 alone; if it does, this is a bug worth reporting.',
  })
}

/** A failed case as the Run tells it; an interruption is passed on, because it ends everything. */
export function toFailure(subject: string, error: unknown): RunFailure {
  if (!(error instanceof PerfKitError) || error.code === 'INTERRUPTED') throw error
  return { subject, code: error.code, message: error.message, remedy: error.remedy }
}
