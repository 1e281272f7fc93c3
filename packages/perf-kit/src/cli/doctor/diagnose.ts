import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PerfKitError } from '../../errors/index.ts'
import {
  LoadGenerator,
  type LoadOptions,
  type LoadResult,
  startedTargetFacts,
  TargetSeconds,
} from '../../load/index.ts'
import { type LeakVerdict, MemoryMonitor } from '../../memory/index.ts'
import { endProcessGroup, portOf, type TargetExit, TargetProcess } from '../../target/index.ts'
import { type PlacedTarget, urlOf } from '../own-target.ts'
import type { DoctorJob } from './clinic-doctor.ts'
import { type DoctorVerdict, readVerdict, removeVerdict } from './doctor-verdict.ts'
import type { FoundDoctor } from './find-doctor.ts'

const NS_PER_MS = 1e6
const SAMPLES = 60
const MOST_EVERY_NS = 1e9
/** Doctor looks at all that it has collected, 6000 samples of a minute, when the target has ended. */
const ANALYSIS_NS = 120e9
/** Where V8 writes what Doctor reads: into the folder that the target runs in. */
const TRACE_LOG = /^node_trace\.\d+\.log$/

export interface DiagnosisOptions {
  readonly own: PlacedTarget
  readonly doctor: FoundDoctor
  /** what Doctor collects is kept there */
  readonly keep: string | undefined
  /** between two full collections of garbage that are asked for, so that less time tells what grows; default: none is */
  readonly collectEveryNs: number | undefined
  readonly loadAt: (url: string) => LoadOptions
  readonly signal: AbortSignal
  readonly onStart: (result: LoadResult) => void
}

export interface Diagnosis {
  readonly result: LoadResult
  /** what Doctor says, or why it says nothing */
  readonly doctor: DoctorVerdict | string
  /** ours, of the same window, or why there is none */
  readonly memory: LeakVerdict | string
  readonly facts: ReturnType<typeof startedTargetFacts>
}

/** Drive a target that Doctor has started, watch its memory meanwhile, end it, and hear what Doctor has to say. */
export async function diagnose(options: DiagnosisOptions): Promise<Diagnosis> {
  const { own, doctor } = options
  await refuseTraceLogs(own.rootDirectory)
  await using place = await placeFor(options)
  const job: DoctorJob = {
    doctor: doctor.path,
    command: own.target.command,
    folder: place.folder,
    stopTimeoutMs: own.target.stopTimeout / NS_PER_MS,
  }
  try {
    await removeVerdict(place.folder)
    return await driveUnder(job, options)
  } finally {
    await removeTraceLogs(own.rootDirectory)
  }
}

async function driveUnder(job: DoctorJob, options: DiagnosisOptions): Promise<Diagnosis> {
  const { own, loadAt, signal, onStart, collectEveryNs } = options
  const { target, rootDirectory } = own
  const port = target.url === undefined ? undefined : portOf(target.url)
  const entry = fileURLToPath(import.meta.resolve('@gw/perf-kit/internal/doctor'))
  await using started = await TargetProcess.start({
    command: [process.execPath, entry, JSON.stringify(job)],
    cwd: rootDirectory,
    ...(collectEveryNs === undefined ? {} : { env: { NODE_OPTIONS: withCollections(process.env['NODE_OPTIONS']) } }),
    agent: port === undefined || { port },
    ready: target.ready,
    readyTimeoutNs: target.readyTimeout,
    stopTimeoutNs: target.stopTimeout + ANALYSIS_NS,
    signal,
  })
  const load = loadAt(urlOf(target, started))
  const generator = new LoadGenerator(load)
  const { result } = generator
  const everyNs = Math.min(MOST_EVERY_NS, result.durationNs / SAMPLES)
  const monitor = MemoryMonitor.of(started, {
    load: generator,
    everyNs,
    ...(collectEveryNs === undefined ? {} : { collectEveryNs: Math.max(everyNs, collectEveryNs) }),
  })
  const inside = started.agent === undefined ? undefined : TargetSeconds.watch(started.agent, generator)
  onStart(result)
  monitor.start()
  await generator.run(signal).finally(async () => {
    await Promise.all([monitor.stop(), inside?.stop(false)])
  })
  const { outputTail } = started
  const hadEnded = monitor.state.state === 'ended'
  // Doctor is asked to end the target now, and looks at what it has collected, which nobody waits for who has interrupted it.
  if (signal.aborted) endProcessGroup(started.pid)
  await started.stop()
  const { verdict, exit } = await readVerdict(job.folder)
  const ended = hadEnded ? { targetEnded: outputTail, ...childEnd(started, exit) } : {}
  return {
    result,
    doctor: verdict,
    memory: memoryOf(started, monitor),
    facts: { ...insideFacts(started, inside), ...ended },
  }
}

/** What was started is a process of ours, whose end is not the target's. */
function insideFacts(started: TargetProcess, inside: TargetSeconds | undefined): Diagnosis['facts'] {
  const { targetEnded: _, targetEnd: __, ...facts } = startedTargetFacts(started, inside)
  return facts
}

function childEnd(started: TargetProcess, exit: TargetExit | undefined): Pick<Diagnosis['facts'], 'targetEnd'> {
  return exit === undefined ? {} : { targetEnd: started.explainChildEnd(exit) }
}

/** Without an agent what would be watched is Doctor. */
function memoryOf({ agent, withoutAgent }: TargetProcess, monitor: MemoryMonitor): LeakVerdict | string {
  return agent === undefined ? (withoutAgent ?? 'nothing looks inside the target') : monitor.verdict()
}

function withCollections(before: string | undefined): string {
  return before === undefined || before === '' ? '--expose-gc' : `${before} --expose-gc`
}

async function placeFor({ keep }: DiagnosisOptions) {
  if (keep !== undefined) {
    const folder = resolve(keep)
    await mkdir(folder, { recursive: true })
    return { folder, [Symbol.asyncDispose]: async () => undefined }
  }
  const folder = await mkdtemp(join(tmpdir(), 'perf-kit-doctor-'))
  return { folder, [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }) }
}

/** Doctor itself refuses to start beside them: it could not tell them from its own. */
async function refuseTraceLogs(folder: string): Promise<void> {
  const [log] = await traceLogs(folder)
  if (log === undefined) return
  throw new PerfKitError('LOAD_INVALID', `${join(folder, log)} is in the way of what Doctor collects`, {
    remedy: 'Move it elsewhere, or delete it: an earlier run of Node with trace events has left it.',
    where: join(folder, log),
  })
}

/** There was none before: what is left of them is of a target that came to no good end. */
async function removeTraceLogs(folder: string): Promise<void> {
  for (const log of await traceLogs(folder)) await rm(join(folder, log), { force: true })
}

async function traceLogs(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => TRACE_LOG.test(name))
}
