import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { measureTimer, type TimerQuality } from '../clock/index.ts'
import type { TestConfig } from '../config/index.ts'
import { type Environment, readEnvironment } from '../run/index.ts'
import { median, PAIR_DESIGN } from '../stats/index.ts'
import type { BenchCase } from './discover.ts'
import { readCpuTicks, stolenRatio } from './disturbance.ts'
import { FORK_NODE_FLAGS } from './fork-process.ts'
import { calibrateCase, drawSeed } from './measure-case.ts'
import { measurePair } from './measure-pair.ts'
import { allowedProcessors, pinMainThread } from './processor.ts'
import { type ProgressListener, ProgressTracker } from './progress.ts'
import { settingsOf } from './settings.ts'

/** What two copies of the same code look like here. */
export interface NoiseFloor {
  readonly pairs: number
  /** standard deviation of ln(candidate/baseline) over pairs of the same code */
  readonly sdRatio: number
  /** the fewest pairs that can show a slowdown … */
  readonly firstLookPairs: number
  /** … and the smallest that they would show 19 times in 20 */
  readonly visibleAtFirstLookRatio: number
  /** the same for all pairs of the design */
  readonly visibleAtLastLookRatio: number
}

export interface MachineCheck {
  readonly environment: Environment
  /** processes that wanted to run, averaged over the last minute */
  readonly loadAverage: number
  /** share of CPU time that the hypervisor gave to others, over the check; undefined where the system does not tell */
  readonly stolenRatio: number | undefined
  readonly frequencyGovernor: string | undefined
  readonly timer: TimerQuality
  readonly canPin: boolean
  readonly noise: NoiseFloor
}

export interface MachineCheckOptions {
  readonly config: TestConfig
  readonly onProgress?: ProgressListener
  readonly signal?: AbortSignal
}

const AA_PAIRS = 10
const SETTLE_MS = 1000

/** Look at this machine as a measuring instrument, and measure its noise with ten pairs of one and the same code. */
export async function checkMachine(options: MachineCheckOptions): Promise<MachineCheck> {
  const progress = new ProgressTracker(options.onProgress)
  progress.begin('watching what else runs here')
  const ticksBefore = readCpuTicks()
  // Steal is counted in ticks of 10 ms: a second's worth says something even on a fast machine.
  await wait(SETTLE_MS, undefined, options.signal === undefined ? {} : { signal: options.signal })
  const canPin = await canPinHere()
  const noise = await measureNoise(options, progress)
  const ticksAfter = readCpuTicks()
  return {
    environment: readEnvironment(FORK_NODE_FLAGS),
    loadAverage: loadavg()[0] ?? 0,
    stolenRatio: ticksBefore === undefined ? undefined : stolenRatio(ticksBefore, ticksAfter),
    frequencyGovernor: frequencyGovernor(),
    timer: measureTimer(),
    canPin,
    noise,
  }
}

/** Tie this process to what it may use anyway: that changes nothing, and needs the same rights and tools. */
async function canPinHere(): Promise<boolean> {
  const allowed = allowedProcessors()
  return allowed.length > 0 && (await pinMainThread(process.pid, allowed))
}

function frequencyGovernor(): string | undefined {
  try {
    return readFileSync('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'utf8').trim()
  } catch {
    return undefined
  }
}

async function measureNoise({ config, signal }: MachineCheckOptions, progress: ProgressTracker): Promise<NoiseFloor> {
  const file = fileURLToPath(import.meta.resolve('@gw/perf-kit/internal/probe-bench'))
  const rootDirectory = dirname(file)
  const benchCase: BenchCase = {
    suite: 'probe',
    subject: 'probe',
    name: 'probe',
    args: {},
    file: file.slice(rootDirectory.length + 1),
  }
  const context = { settings: settingsOf(config), ...(signal === undefined ? {} : { signal }) }
  progress.plan(1 + 2 * AA_PAIRS)
  progress.begin('calibrating', 'two copies of one benchmark')
  const calibration = await calibrateCase(benchCase, { ...context, rootDirectory })
  progress.end()

  const side = { label: 'a copy of the probe', benchCase, rootDirectory }
  const processors = allowedProcessors()
  const logRatios: number[] = []
  for (let pair = 0; pair < AA_PAIRS; pair++) {
    progress.begin(`pair ${pair + 1}`, 'two copies of one benchmark')
    const { timeRatio, baseline, candidate } = await measurePair({
      baseline: side,
      candidate: side,
      calibration,
      context: { ...context, seed: drawSeed(Math.random) },
      baselineFirst: pair % 2 === 0,
      timeOnly: true,
      processor: processors[pair % Math.max(1, processors.length)],
    })
    logRatios.push(Math.log(timeRatio ?? candidate.timePerOpNs / baseline.timePerOpNs))
    progress.end(2)
  }
  const sdRatio = robustSd(logRatios)
  return {
    pairs: AA_PAIRS,
    sdRatio,
    firstLookPairs: firstSharpLook(),
    visibleAtFirstLookRatio: visibleAtLook(sdRatio, firstSharpLook()),
    visibleAtLastLookRatio: visibleAtLook(sdRatio, looks.at(-1) ?? Number.NaN),
  }
}

/** 1.4826 · median |d|: the true centre of an A/A comparison is 0, and one disturbed pair must not decide. */
function robustSd(logRatios: readonly number[]): number {
  return 1.4826 * median(logRatios.map(Math.abs))
}

const { alphaPerLook, looks, regressionMargin } = PAIR_DESIGN
/** Time, mean time and bytes of one benchmark are judged together. */
const GATING_METRICS = 3

/**
 * The first look at which a regression can be seen at all: with every pair on one side p is 2^-n, times the size of the
 * family. For one benchmark on its own; more of them need some pairs more.
 */
function firstSharpLook(): number {
  return looks.find((look) => 2 ** -look * GATING_METRICS <= alphaPerLook) ?? Number.NaN
}

const Z_POWER = 1.645
/** Normal quantile of `alphaPerLook` / `GATING_METRICS`. */
const Z_ALPHA = 3.403

/**
 * Normal approximation of the signed-rank test, whose efficiency is 3/π = 0.955: the effect must be significant, and its
 * estimate must exceed the margin.
 */
function visibleAtLook(sdRatio: number, pairs: number): number {
  const standardError = sdRatio / Math.sqrt(0.955 * pairs)
  return Math.max((Z_ALPHA + Z_POWER) * standardError, Math.expm1(regressionMargin) + Z_POWER * standardError)
}
