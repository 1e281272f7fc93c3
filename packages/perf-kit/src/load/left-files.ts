import { setTimeout as sleep } from 'node:timers/promises'
import type { TargetAgent } from '../target/index.ts'
import { plannedConnections } from './connection-need.ts'
import { durationNsOf, type LoadPlan } from './load-plan.ts'
import { openFiles } from './own-limits.ts'

const NS_PER_SEC = 1e9
const NS_PER_MS = 1e6
/** Of the warm-up: by then a target has opened what it opens once. */
const WARM_RATIO = 0.9
/** Of a load without one: as late as that, and a second at most. */
const BEGUN_RATIO = 0.2
/** Connections that are kept for the next request are closed after 4 s (undici) or 5 s (Node's servers) without one. */
const LONGEST_QUIET_MS = 6_000
const LOOK_EVERY_MS = 200
/** What a process opens for itself now and then: a log, a name that is looked up. */
const ALWAYS_ALLOWED = 8

/** What a target has open when a load is over, and had not before, sockets among them. */
export interface LeftFiles {
  readonly count: number
  /** so many come and go with its own doing, and with the connections that it had */
  readonly allowed: number
}

/**
 * Counts what a target has open: while it is warm, without our connections, and when they have all gone. Counted from outside, and ours
 * from what this process has open: no more of the target's time than it takes to list a folder of the system.
 */
export class LeftFilesWatch {
  readonly #agent: TargetAgent
  readonly #plan: LoadPlan
  #timer: NodeJS.Timeout | undefined
  #ownBefore = 0
  #before = 0
  #ownWarm = 0
  #warm: number | undefined
  /** what is seen of it, and of clients what is planned */
  #ownMost: number

  constructor(agent: TargetAgent, plan: LoadPlan) {
    this.#agent = agent
    this.#plan = plan
    this.#ownMost = plannedConnections(plan)
  }

  /** Before the first connection. @param atNs - when the schedule begins, on the clock of `process.hrtime` */
  start(atNs: number): void {
    void this.#noteBefore()
    const { warmupNs } = this.#plan
    const warmNs = warmupNs > 0 ? WARM_RATIO * warmupNs : Math.min(NS_PER_SEC, BEGUN_RATIO * durationNsOf(this.#plan))
    const waitMs = (atNs + warmNs - Number(process.hrtime.bigint())) / NS_PER_MS
    this.#timer = setTimeout(() => void this.#noteWarm(), waitMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  async #noteBefore(): Promise<void> {
    const [own, target] = await this.#count()
    this.#ownBefore = own
    this.#before = target
  }

  async #noteWarm(): Promise<void> {
    const [own, target] = await this.#count()
    this.#ownWarm = own - this.#ownBefore
    // Connections that it has not taken yet are ours, and none of its files.
    this.#warm = Math.max(this.#before, target - this.#ownWarm)
  }

  /** Now and then: a rate opens as many connections as it needs. */
  async noteOwn(): Promise<void> {
    this.#ownMost = Math.max(this.#ownMost, ((await openFiles()) ?? 0) - this.#ownBefore)
  }

  /**
   * When all our connections are closed. A target that has more open than it had is given time to close it.
   *
   * @returns `undefined` where nobody knows
   */
  async left(): Promise<LeftFiles | undefined> {
    const warm = this.#warm
    if (warm === undefined) return undefined
    const allowed = ALWAYS_ALLOWED + Math.max(0, this.#ownMost - this.#ownWarm)
    const untilMs = performance.now() + LONGEST_QUIET_MS
    for (;;) {
      const open = await this.#agent.openFiles()
      if (open === undefined) return undefined
      const count = Math.max(0, open - warm)
      if (count <= allowed || performance.now() >= untilMs) return { count, allowed }
      await sleep(LOOK_EVERY_MS)
    }
  }

  async #count(): Promise<readonly [own: number, target: number]> {
    const [own, target] = await Promise.all([openFiles(), this.#agent.openFiles()])
    return [own ?? 0, target ?? 0]
  }
}
