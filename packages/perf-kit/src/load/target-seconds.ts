import {
  type AgentMemory,
  type AgentSample,
  type GcPause,
  type LoopStall,
  type TargetAgent,
  TargetWatch,
} from '../target/index.ts'
import { type LeftFiles, LeftFilesWatch } from './left-files.ts'
import type { LoadGenerator } from './load-generator.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadResult } from './load-result.ts'

const NS_PER_SEC = 1e9
/** Shorter ones explain no slow request. */
const SHORTEST_PAUSE_NS = 0.2e6
const MOST_PAUSES = 100_000

/** What the target's process went through between two samples: some numbers a second, however many requests there are. */
export interface TargetSecond {
  /** from the schedule's beginning */
  readonly fromNs: number
  readonly toNs: number
  readonly memoryBefore: AgentMemory
  readonly memory: AgentMemory
  /** of all its threads */
  readonly cpuNs: number
  /** share of the time in which its main thread did not wait */
  readonly busyRatio: number
  readonly delayP99Ns: number
  readonly delayMaxNs: number
  /** p99 since the counted part began */
  readonly delaySoFarP99Ns: number
  readonly gcNs: number
  readonly longestGcNs: number
}

/** A time in which the target's main thread stood still, on the clock of `process.hrtime`. */
export interface TargetPause {
  readonly startNs: number
  readonly endNs: number
}

/** When the target's main thread stood still, in the order of time; the first 100 000 of each kind. */
export interface TargetStandstills {
  /** collections of garbage that were long enough to be felt */
  readonly pauses: readonly TargetPause[]
  /** when it came to no timer, whatever it did meanwhile: pauses that were long enough among them */
  readonly stalls: readonly TargetPause[]
}

/** What the target's process was like while it was driven. */
export class TargetSeconds implements TargetStandstills {
  /** each from the end of the one before; one of them begins where the counted part does */
  readonly all: TargetSecond[] = []
  readonly #agent: TargetAgent
  readonly #watch: TargetWatch
  readonly #result: LoadResult
  readonly #files: LeftFilesWatch
  #leftFiles: LeftFiles | undefined
  #beganNs = 0
  #warmupNs = 0
  #last: AgentSample | undefined
  readonly #pauses: TargetPause[] = []
  readonly #stalls: TargetPause[] = []

  private constructor(agent: TargetAgent, result: LoadResult) {
    this.#agent = agent
    this.#result = result
    this.#files = new LeftFilesWatch(agent, result.plan)
    this.#watch = new TargetWatch(agent, (sample) => this.#add(sample))
  }

  /** Watch a target from now on. */
  static watch(agent: TargetAgent, generator: LoadGenerator): TargetSeconds {
    const seconds = new TargetSeconds(agent, generator.result)
    void generator.began.then((atNs) => seconds.#start(atNs, generator.result.plan))
    return seconds
  }

  /** When samples began to come, from the schedule's beginning: whole seconds before the counted part begins. */
  get fromNs(): number {
    return this.#warmupNs % NS_PER_SEC
  }

  get pauses(): readonly TargetPause[] {
    return this.#pauses
  }

  get stalls(): readonly TargetPause[] {
    return this.#stalls
  }

  /** how many other processes of the target take requests, and are not in these figures */
  get others(): number {
    return this.#agent.others
  }

  /** what V8 lets the old generation of its main thread's heap grow to */
  get oldLimitBytes(): number {
    return this.#agent.process.oldLimitBytes
  }

  /** the process, when it is not the one that was started: `4711 server.js` */
  get child(): string | undefined {
    const { isStarted, process } = this.#agent
    return isStarted ? undefined : `${process.pid} ${process.script}`.trim()
  }

  /** whether samples stopped coming before the end */
  get wasLost(): boolean {
    return this.#watch.failure !== undefined
  }

  /** what it has left open, if it is one process of which the system tells; known when it is over, and was not interrupted */
  get leftFiles(): LeftFiles | undefined {
    return this.#leftFiles
  }

  /**
   * When all connections are closed. One that has left files open is given some seconds to close them.
   *
   * @param looksForFiles - false: there is another load to come, and no time for that
   */
  async stop(looksForFiles = true): Promise<void> {
    this.#files.stop()
    await this.#watch.stop()
    if (looksForFiles && this.#result.isComplete && this.others === 0) this.#leftFiles = await this.#files.left()
  }

  #start(atNs: number, { warmupNs }: LoadPlan): void {
    this.#beganNs = atNs
    this.#warmupNs = warmupNs
    this.#files.start(atNs)
    this.#watch.start({ fromNs: atNs + this.fromNs, everyNs: NS_PER_SEC, restartAtNs: atNs + warmupNs })
  }

  #add(sample: AgentSample): void {
    const last = this.#last
    this.#last = sample
    keep(this.#pauses, sample.pauses)
    keep(this.#stalls, sample.stalls)
    if (last === undefined) return
    void this.#files.noteOwn()
    this.all.push(secondBetween(last, sample, this.#beganNs))
  }
}

function keep(kept: TargetPause[], told: readonly (GcPause | LoopStall)[]): void {
  for (const { startNs, durationNs } of told) {
    if (durationNs >= SHORTEST_PAUSE_NS && kept.length < MOST_PAUSES)
      kept.push({ startNs, endNs: startNs + durationNs })
  }
}

function secondBetween(last: AgentSample, sample: AgentSample, beganNs: number): TargetSecond {
  const activeNs = sample.loop.activeNs - last.loop.activeNs
  const idleNs = sample.loop.idleNs - last.loop.idleNs
  return {
    fromNs: last.atNs - beganNs,
    toNs: sample.atNs - beganNs,
    memoryBefore: last.memory,
    memory: sample.memory,
    cpuNs: sample.cpu.userNs + sample.cpu.systemNs - last.cpu.userNs - last.cpu.systemNs,
    busyRatio: activeNs + idleNs === 0 ? 0 : activeNs / (activeNs + idleNs),
    delayP99Ns: sample.delay.p99Ns,
    delayMaxNs: sample.delay.maxNs,
    delaySoFarP99Ns: sample.delaySoFar.p99Ns,
    gcNs: sample.pauses.reduce((sum, { durationNs }) => sum + durationNs, 0),
    longestGcNs: sample.pauses.reduce((longest, { durationNs }) => Math.max(longest, durationNs), 0),
  }
}
