import type { HeapSample } from '../target/index.ts'
import type { InsideView } from './inside-view.ts'
import { judgeRecord, type LeakOptions, type LeakVerdict } from './leak-verdict.ts'
import { MemoryRecord } from './memory-record.ts'
import type { MemorySample } from './memory-sample.ts'
import { type Intervals, intervalsOf, type MonitoredTarget, type MonitorOptions } from './monitor-options.ts'
import type { OutsideSample } from './outside-process.ts'
import { countOfFunction, countOfLoad, type RequestCount } from './request-count.ts'
import { type Watched, watchedProcess, watchedSelf, watchedTarget } from './watched.ts'

const NS_PER_MS = 1e6
/** A process that stands still at the end is not waited for longer than this. */
const LAST_SAMPLE_MS = 2_000

/**
 * - `watching`: it is there, and can be seen
 * - `ended`: it has ended, and nothing more comes
 * - `unreadable`: neither the system nor an agent tells of it
 */
export interface MonitorState {
  readonly state: 'watching' | 'ended' | 'unreadable'
  /** unless it is watching */
  readonly because?: string
}

/**
 * Watches what a process keeps: memory by kind, what full collections of garbage leave of its heap, and the sockets, descriptors, handles and
 * children that leak beside it. A sample takes the process a fraction of a millisecond.
 *
 * ```ts
 * const monitor = MemoryMonitor.of(target, { load: generator }).start()
 * await generator.run()
 * await monitor.stop()
 * console.log(monitor.verdict().because)
 * ```
 */
export class MemoryMonitor {
  readonly #watched: Watched
  readonly #intervals: Intervals
  readonly #count: RequestCount
  readonly #onSample: (sample: MemorySample) => void
  readonly #record = new MemoryRecord()
  #timer: NodeJS.Timeout | undefined
  #asking: Promise<void> | undefined
  #isStopped = false
  #isOver = false
  #hasLostAgent = false
  #collectAtNs = 0
  #notCollected: string | undefined
  #last: OutsideSample = { state: 'unreadable', because: 'it has not been looked at yet' }
  #failure: unknown

  private constructor(watched: Watched, options: MonitorOptions) {
    const { load, requests, onSample = () => undefined } = options
    this.#intervals = intervalsOf(options)
    this.#watched = watched
    this.#onSample = onSample
    if (load !== undefined) this.#count = countOfLoad(load)
    else this.#count = requests === undefined ? () => null : countOfFunction(requests)
  }

  /**
   * A target that was started: the process that answers requests, from inside too, if it has an agent, and otherwise all of its processes together, from outside.
   */
  static of(target: MonitoredTarget, options: MonitorOptions = {}): MemoryMonitor {
    return new MemoryMonitor(watchedTarget(target), options)
  }

  /**
   * Any process, from outside only: resident memory, descriptors, sockets and children (Linux).
   *
   * @throws {PerfKitError} `OUT_OF_RANGE` when that is no number of a process; one that is not there is told by `state`
   */
  static ofProcess(pid: number, options: MonitorOptions = {}): MemoryMonitor {
    return new MemoryMonitor(watchedProcess(pid), options)
  }

  /** This process, from inside and outside: for tests of what runs in it, and for a server that watches itself. */
  static self(options: MonitorOptions = {}): MemoryMonitor {
    return new MemoryMonitor(watchedSelf(), options)
  }

  get state(): MonitorState {
    if (this.#last.state === 'ended') return { state: 'ended', because: 'the process has ended' }
    if (this.#last.state === 'seen' || this.#canAsk) return { state: 'watching' }
    return { state: 'unreadable', because: this.#last.because }
  }

  /** What was not seen, so that nothing can be called steady: `unseen` of `judgeLeaks`. */
  get unseen(): readonly string[] {
    const unseen = [...this.#watched.unseen()]
    if (this.#failure !== undefined) unseen.push(`the watch ended before its time: ${String(this.#failure)}`)
    if (this.#last.state === 'ended') unseen.push('the process ended while it was watched')
    else if (this.#hasLostAgent) {
      unseen.push('the agent in the process stopped answering, so that its heap is known of a part of the time only')
    }
    return unseen
  }

  /** Why some of what could be told is missing, and what else is to be known. */
  get doubts(): readonly string[] {
    const doubts = [...this.unseen, ...this.#watched.doubts()]
    if (this.#last.state === 'unreadable' && this.#canAsk) doubts.push(`from outside, ${this.#last.because}`)
    if (this.#notCollected !== undefined) doubts.push(`no collection could be asked for: ${this.#notCollected}`)
    return doubts
  }

  /** Take a sample now, and then again and again. Once: another time is another monitor. */
  start(): this {
    if (this.#timer === undefined && !this.#isStopped) this.#takeAt(hrtimeNs())
    return this
  }

  /**
   * Take a last sample, and no more.
   *
   * @throws what `requests` or `onSample` threw: nothing was watched from then on
   */
  async stop(): Promise<void> {
    if (!this.#isStopped) {
      this.#isStopped = true
      clearTimeout(this.#timer)
      // Workers of a cluster may have begun after the first one.
      await this.#watched.lookAround?.().catch(() => undefined)
      await this.#answered()
      this.#take()
      await this.#answered()
      this.#isOver = true
      this.#watched.inside?.end()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /** What grows, as far as is known by now. */
  verdict(options: LeakOptions = {}): LeakVerdict {
    return judgeRecord(this.#record, {
      ...options,
      ...(this.#watched.isOneOfMany() ? ({ per: 'second' } as const) : {}),
      unseen: [...this.unseen, ...(options.unseen ?? [])],
    })
  }

  get #canAsk(): boolean {
    return this.#watched.inside !== undefined && !this.#hasLostAgent
  }

  #takeAt(dueNs: number): void {
    const waitMs = Math.max(0, Math.ceil((dueNs - hrtimeNs()) / NS_PER_MS))
    this.#timer = setTimeout(() => {
      this.#take()
      if (this.#isStopped || this.#failure !== undefined || this.#last.state === 'ended') return
      const { everyNs } = this.#intervals
      const lateNs = Math.max(0, hrtimeNs() - dueNs)
      this.#takeAt(dueNs + (Math.floor(lateNs / everyNs) + 1) * everyNs)
    }, waitMs)
    // Whoever is watched ends when it has nothing more to do, also when that is this process.
    this.#timer.unref()
  }

  /** One that stands still is seen from outside meanwhile, and its answer is kept when it comes. */
  #take(): void {
    if (this.#failure !== undefined || this.#last.state === 'ended') return
    const { outside, inside } = this.#watched
    this.#last = outside.sample()
    if (this.#last.state === 'ended') return
    if (inside === undefined || this.#hasLostAgent || this.#asking !== undefined) this.#keep(null)
    else this.#asking = this.#hear(inside)
  }

  async #hear(inside: InsideView): Promise<void> {
    await this.#collectIfDue(inside)
    // Nobody waited for it: a look now would begin a watch that nobody ends.
    if (this.#isOver) return
    const told = await inside.look().catch(() => {
      this.#hasLostAgent = true
      return null
    })
    this.#asking = undefined
    this.#keep(told)
  }

  async #collectIfDue(inside: InsideView): Promise<void> {
    const { everyNs, collectEveryNs } = this.#intervals
    if (collectEveryNs === Number.POSITIVE_INFINITY || this.#notCollected !== undefined) return
    if (hrtimeNs() < this.#collectAtNs) return
    this.#collectAtNs = hrtimeNs() + collectEveryNs - everyNs / 2
    try {
      await inside.collect()
    } catch (error) {
      this.#notCollected = error instanceof Error ? error.message : String(error)
    }
  }

  async #answered(): Promise<void> {
    let impatience: NodeJS.Timeout | undefined
    const tooLate = new Promise<void>((resolve) => {
      impatience = setTimeout(resolve, LAST_SAMPLE_MS)
    })
    await Promise.race([this.#asking, tooLate])
    clearTimeout(impatience)
  }

  #keep(inside: HeapSample | null): void {
    const outside = this.#last.state === 'seen' ? this.#last : null
    if (this.#isOver || (inside === null && outside === null)) return
    const atNs = hrtimeNs()
    try {
      const sample = { atNs, requests: this.#count(atNs), outside, inside }
      this.#record.add(sample)
      this.#onSample(sample)
    } catch (error) {
      // Both functions are the user's own.
      this.#failure = error
    }
  }
}

function hrtimeNs(): number {
  return Number(process.hrtime.bigint())
}
