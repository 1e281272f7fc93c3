import {
  LoadGenerator,
  type LoadOptions,
  type LoadResult,
  type StartedTarget,
  TargetSeconds,
  targetNotes,
} from '../load/index.ts'
import type { Budget, CapacityTrial, RunNote } from '../run/index.ts'
import { type Judgement, judgeTrial, offeredPerSec } from './trial-judgement.ts'

const NS_PER_MS = 1e6

/** One load of a search: a rate, or for the first, clients that ask as fast as they can. */
export interface TrialPlan {
  readonly phase: CapacityTrial['phase']
  /** null for clients, which are not judged */
  readonly ratePerSec: number | null
  readonly load: LoadOptions
}

export interface TrialSurroundings {
  readonly objective: readonly Budget[]
  /** how long the target takes for one client alone */
  readonly idleServiceNs: number
  readonly target: StartedTarget | undefined
  /** when the whole began, on the clock of `performance.now` */
  readonly startMs: number
  readonly onStart: (result: LoadResult) => void
}

export interface TrialOutcome {
  readonly trial: CapacityTrial
  /** absent for clients */
  readonly judgement?: Judgement
  /** what succeeded in each whole second of the counted part */
  readonly wholeSeconds: readonly number[]
  /** on what is told of the target's inside */
  readonly notes: readonly RunNote[]
}

/** @returns `undefined` for one that was interrupted: it says nothing */
export async function runTrial(
  { phase, ratePerSec, load }: TrialPlan,
  { objective, idleServiceNs, target, startMs, onStart }: TrialSurroundings,
  signal?: AbortSignal,
): Promise<TrialOutcome | undefined> {
  const generator = new LoadGenerator(load)
  const inside = target?.agent === undefined ? undefined : TargetSeconds.watch(target.agent, generator)
  const { result } = generator
  const fromNs = Math.round((performance.now() - startMs) * NS_PER_MS)
  onStart(result)
  await generator.run(signal).finally(() => inside?.stop(false))
  if (!result.isComplete) return undefined
  const judgement = ratePerSec === null ? undefined : judgeTrial(result, objective, idleServiceNs)
  const trial: CapacityTrial = {
    phase,
    ratePerSec,
    fromNs,
    durationNs: result.measuredNs,
    ...countsOf(result),
    ...insideOf(result, inside),
    verdict: judgement?.verdict ?? null,
    metRatio: judgement === undefined || judgement.verdict === 'unusable' ? null : judgement.metRatio,
    reasons: [...(judgement?.reasons ?? [])],
  }
  const notes = inside === undefined ? [] : targetNotes({ target: inside })
  return { trial, wholeSeconds: result.wholeSeconds, notes, ...(judgement === undefined ? {} : { judgement }) }
}

function countsOf(result: LoadResult) {
  const { response, times, finished, failed, offered, dropped, unsent, goodputPerSec, plan } = result
  return {
    offeredPerSec: offeredPerSec(result),
    goodputPerSec,
    requests: finished,
    errorRatio: failed / Math.max(1, finished),
    notSentRatio: (dropped + unsent) / Math.max(1, offered),
    responseTimeP50Ns: response.totalCount === 0 ? null : response.getValueAtPercentile(50),
    responseTimeP99Ns: response.totalCount === 0 ? null : response.getValueAtPercentile(99),
    // Of clients there is no time at which they should have asked.
    sendLagP99Ns: plan.traffic.loop === 'closed' ? null : times.sendLag.getValueAtPercentile(99),
  }
}

/** What the target's process was like in the counted part. */
function insideOf(
  { plan, measuredNs }: LoadResult,
  inside: TargetSeconds | undefined,
): Pick<CapacityTrial, 'targetCpuRatio' | 'targetLoopBusyRatio'> {
  const seconds = (inside?.all ?? []).filter(
    ({ fromNs, toNs }) => (fromNs + toNs) / 2 >= plan.warmupNs && (fromNs + toNs) / 2 < plan.warmupNs + measuredNs,
  )
  const totalNs = seconds.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0)
  if (totalNs <= 0) return {}
  return {
    targetCpuRatio: seconds.reduce((sum, { cpuNs }) => sum + cpuNs, 0) / totalNs,
    targetLoopBusyRatio:
      seconds.reduce((sum, { busyRatio, fromNs, toNs }) => sum + busyRatio * (toNs - fromNs), 0) / totalNs,
  }
}
