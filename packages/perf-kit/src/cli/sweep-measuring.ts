import { readSource } from '../bench/index.ts'
import { describeRequest, planLoad } from '../load/index.ts'
import type { Run } from '../run/index.ts'
import type { TargetProcess } from '../target/index.ts'
import {
  measureScalingPoint,
  type SweepOptions,
  type SweepParameter,
  type SweepPoint,
  type SweepStep,
  type SweepValue,
  sweep,
} from '../throughput/index.ts'
import { requestOptions } from './load-flags.ts'
import type { LoadProgress } from './load-progress.ts'
import { othersMeanwhile, withShareOfOthers } from './other-programs.ts'
import { type PlacedTarget, provisionalUrl, startTarget, urlOf } from './own-target.ts'
import type { RequestFiles } from './request-files.ts'
import type { SweepFlags } from './sweep-flags.ts'
import { commandAt, flagsAt, type SweepPlace, urlAt } from './sweep-places.ts'
import type { SweptTarget } from './sweep-target.ts'

const DEFAULT_CLIENTS = 50
const DEFAULT_DURATION_NS = 3e9
const DEFAULT_WARMUP_NS = 1e9

/** What is measured at which values. */
export interface SweepJob {
  readonly parameter: SweepParameter
  readonly target: SweptTarget
  readonly flags: SweepFlags
  readonly files: RequestFiles
  readonly place: SweepPlace
}

export interface SweepDriving extends SweepJob {
  /** what is asked, in words */
  readonly request: string
  readonly progress: LoadProgress
  readonly signal: AbortSignal
}

/**
 * What is wrong with any value's load is said before anything is started.
 *
 * @returns what is asked, in words
 * @throws {PerfKitError} as `planLoad` does
 */
export function checkedRequest(job: SweepJob): string {
  const { target, parameter } = job
  const url = target.own === undefined ? (target.url ?? '') : provisionalUrl(target.own.target)
  const plans = parameter.values.map((value) => {
    const { clients, durationNs, ...load } = loadAt(job, url, value)
    return planLoad({ ...load, loop: 'closed', phases: [{ from: clients, to: clients, durationNs }], warmupNs: 0 })
  })
  const [first] = plans
  return first === undefined ? '' : describeRequest(first)
}

/** All values in all rounds; a target of ours is started as often as that takes. */
export async function measureSweep(driving: SweepDriving): Promise<Run> {
  const { target, place, flags, signal } = driving
  const { own, url = '' } = target
  const facts = await factsOf(driving)
  if (own === undefined) return await sweep({ ...facts, measure: (step) => measurePoint(driving, step, url) })
  // Repetitions are of processes that have been started for them: one process, measured twice, is one process.
  if (place === 'command' || flags.repeat !== undefined) {
    return await sweep({ ...facts, measure: (step) => measureAnew(driving, step, own) })
  }
  await using started = await startTarget(own, { hasAgent: hasAgent(flags), signal })
  const ownUrl = urlOf(own.target, started)
  return await sweep({
    ...facts,
    measure: (step) => measurePoint(driving, step, ownUrl, started),
    isOver: () => started.hasEnded,
  })
}

async function factsOf(driving: SweepDriving): Promise<Omit<SweepOptions, 'measure'>> {
  const { parameter, place, target, flags, request, signal } = driving
  const source = target.own === undefined ? undefined : await readSource(target.own.rootDirectory)
  const clients = flags.clients ?? DEFAULT_CLIENTS
  const rounds = flags.repeat ?? flags.rounds
  return {
    parameter,
    subject: `${request} · ${parameter.name} ${parameter.values.map(({ text }) => text).join(', ')}`,
    subjectOf: ({ value, text }) =>
      place === 'clients'
        ? `${request} · ${value} ${value === 1 ? 'client' : 'clients'}`
        : `${request} · ${clients} ${clients === 1 ? 'client' : 'clients'} · ${parameter.name}=${text}`,
    signal,
    ...(source === undefined ? {} : { source }),
    ...(rounds === undefined ? {} : { rounds }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.configuration === undefined ? {} : { configuration: flags.configuration }),
  }
}

function hasAgent({ agent }: SweepFlags): boolean {
  return agent !== false
}

/** Of a target that is started for this one measurement. */
async function measureAnew(
  driving: SweepDriving,
  { value, ...step }: SweepStep,
  own: PlacedTarget,
): Promise<SweepPoint> {
  const { parameter, place, flags, signal } = driving
  const { parameters, command: words } = own.target
  const { name } = parameter
  const command =
    place === 'command' ? commandAt(words, { name, value, ...(parameters === undefined ? {} : { parameters }) }) : words
  await using started = await startTarget(
    { ...own, target: { ...own.target, command: [...command] } },
    { hasAgent: hasAgent(flags), signal },
  )
  const url = urlOf(own.target, started)
  const measure = (): Promise<SweepPoint> => measurePoint(driving, { value, ...step }, url, started)
  if (flags.repeat === undefined) return await measure()
  const { result: point, shareRatio } = await othersMeanwhile(started.pid, measure)
  return { ...point, run: withShareOfOthers(point.run, shareRatio) }
}

async function measurePoint(
  driving: SweepDriving,
  step: SweepStep,
  url: string,
  target?: TargetProcess,
): Promise<SweepPoint> {
  const { progress, signal, flags, parameter } = driving
  const { value, index, count } = step
  return await measureScalingPoint({
    ...loadAt(driving, url, value),
    signal,
    ...(target === undefined ? {} : { target }),
    onStart: (result) => {
      progress.clear()
      if (flags.quiet !== true) progress.watch(result, `${index + 1} of ${count}: ${parameter.name} ${value.text}`)
    },
  })
}

function loadAt({ flags, files, place, parameter }: SweepJob, url: string, value: SweepValue) {
  const { name } = parameter
  const filled = place === 'body' ? { ...flags, bodySize: value.value } : flagsAt(flags, name, value)
  return {
    ...requestOptions(urlAt(url, name, value), filled, files),
    clients: place === 'clients' ? value.value : (flags.clients ?? DEFAULT_CLIENTS),
    durationNs: flags.duration ?? DEFAULT_DURATION_NS,
    warmupNs: flags.warmup ?? DEFAULT_WARMUP_NS,
  }
}
