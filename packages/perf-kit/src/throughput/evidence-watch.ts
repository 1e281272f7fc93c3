import type { LoadGenerator, LoadPlan } from '../load/index.ts'
import {
  allowedProcessors,
  type MachineUse,
  othersRatio,
  processName,
  readGroupThreads,
  readMachineUse,
  type ThreadTicks,
  ticksToNs,
} from '../target/index.ts'
import { PoolWaiting } from './pool-waiting.ts'
import type { ScalingEvidence } from './scaling-evidence.ts'
import { timingShares } from './timing-shares.ts'

const NS_PER_MS = 1e6
const NS_PER_SEC = 1e9
/** The system counts in hundredths of a second: of less, a share is mostly rounding. */
const SHORTEST_NS = 0.3 * NS_PER_SEC
/** A process that took less limits nothing. */
const LEAST_PROCESSORS = 0.05

/** What was used up to a moment. */
interface Used {
  readonly atNs: number
  readonly machine: MachineUse | undefined
  /** of each process of the target's */
  readonly threads: ReadonlyMap<number, ThreadTicks>
}

/** Collects evidence beside a load, from the end of its warm-up to the end of its schedule. */
export class EvidenceWatch {
  readonly #generator: LoadGenerator
  readonly #groupPid: number | undefined
  readonly #pools: PoolWaiting
  readonly #timers: NodeJS.Timeout[] = []
  #from: Used | undefined
  #to: Used | undefined

  private constructor(generator: LoadGenerator, groupPid: number | undefined) {
    this.#generator = generator
    this.#groupPid = groupPid
    this.#pools = new PoolWaiting(generator.result.plan.endpoint.shownUrl)
  }

  /** @param groupPid - of a target that was started, which leads a process group */
  static watch(generator: LoadGenerator, groupPid: number | undefined): EvidenceWatch {
    const watch = new EvidenceWatch(generator, groupPid)
    void generator.began.then((atNs) => watch.#start(atNs, generator.result.plan, generator.result.durationNs))
    return watch
  }

  /** When the load is over. */
  async stop(): Promise<ScalingEvidence> {
    for (const timer of this.#timers) clearTimeout(timer)
    const poolWaiting = await this.#pools.stop()
    const { busyRatio, sample } = this.#generator.result
    return {
      generatorBusyRatio: busyRatio,
      ...usedBetween(this.#from, this.#to ?? this.#look()),
      ...(poolWaiting === undefined ? {} : { poolWaiting }),
      timeShares: timingShares(sample),
    }
  }

  #start(atNs: number, { warmupNs }: LoadPlan, durationNs: number): void {
    const inNs = (momentNs: number): number => Math.max(0, atNs + momentNs - now())
    this.#timers.push(
      setTimeout(() => (this.#from = this.#look()), inNs(warmupNs) / NS_PER_MS),
      setTimeout(() => (this.#to = this.#look()), inNs(durationNs) / NS_PER_MS),
    )
    this.#pools.start(inNs(warmupNs))
  }

  #look(): Used {
    const groupPid = this.#groupPid
    return {
      atNs: now(),
      // No group has the number -1.
      machine: readMachineUse(groupPid ?? -1),
      threads: groupPid === undefined ? new Map() : readGroupThreads(groupPid),
    }
  }
}

type UseEvidence = Pick<ScalingEvidence, 'machineBusyRatio' | 'othersBusyRatio' | 'targetProcessors' | 'processes'>

function usedBetween(from: Used | undefined, to: Used): UseEvidence {
  const lengthNs = from === undefined ? 0 : to.atNs - from.atNs
  if (from === undefined || lengthNs < SHORTEST_NS) return { processes: new Map() }
  const processes = new Map<string, number>()
  for (const [pid, threads] of to.threads) {
    const processors = mostOfOne(pid, from.threads.get(pid), threads) / lengthNs
    const name = processors < LEAST_PROCESSORS ? '' : processName(pid)
    if (name !== '') processes.set(name, Math.max(processors, processes.get(name) ?? 0))
  }
  return {
    ...machineBusy(from.machine, to.machine),
    ...(to.threads.size === 0 ? {} : ofGroup(from.machine, to.machine, lengthNs)),
    processes,
  }
}

/**
 * More threads than one take more than one processor, and none of them has come to its limit; unless there are no more processors for
 * them than they take.
 *
 * @returns ns that the busiest thread took, or all of them on average of the processors that they may have, whichever is more
 */
function mostOfOne(pid: number, from: ThreadTicks | undefined, to: ThreadTicks): number {
  const taken = [...to].map(([thread, ticks]) => ticksToNs(ticks - (from?.get(thread) ?? 0)))
  const all = taken.reduce((sum, ns) => sum + ns, 0)
  return Math.max(0, ...taken, all / (allowedProcessors(pid) ?? Number.POSITIVE_INFINITY))
}

function machineBusy(from: MachineUse | undefined, to: MachineUse | undefined): Partial<UseEvidence> {
  const total = (to?.total ?? 0) - (from?.total ?? 0)
  if (from === undefined || to === undefined || total <= 0) return {}
  return { machineBusyRatio: (to.busy - from.busy) / total }
}

/** Of a target that somebody else has started nobody knows which processes it has. */
function ofGroup(from: MachineUse | undefined, to: MachineUse | undefined, lengthNs: number): Partial<UseEvidence> {
  if (from === undefined || to === undefined) return {}
  return {
    targetProcessors: ticksToNs(Math.max(0, to.group - from.group)) / lengthNs,
    othersBusyRatio: othersRatio(from, to),
  }
}

function now(): number {
  return Number(process.hrtime.bigint())
}
