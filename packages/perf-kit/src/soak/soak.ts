import {
  LoadGenerator,
  type LoadOptions,
  type LoadPlan,
  limitsOfGenerator,
  Schedule,
  type StreamedSecond,
} from '../load/index.ts'
import type { LeakVerdict } from '../memory/index.ts'
import type { SoakGap, SoakPart } from '../run/index.ts'
import { PartEnd } from './part-end.ts'
import { processIdentity } from './process-identity.ts'
import { restOfPhases } from './rest-of-phases.ts'
import { drawnSecOf, SecondPlacing } from './second-placing.ts'
import { SecondTimes } from './second-times.ts'
import { ClockWatch } from './soak-clock.ts'
import type { SoakRecord } from './soak-record.ts'
import { doubtsOf, feedOf, type SoakTarget, watchedPid, wordsOfEnd } from './soak-target.ts'

const NS_PER_SEC = 1e9
const NS_PER_MS = 1e6
/** All that is known of a second is on the disk: whoever shows progress wants the last ones. */
const SECONDS_KEPT = 60
const JUDGED_EVERY_SEC = 60
/** One look at a time would be wrong now and then where there are hundreds of them. */
const LOOKS_FOR_CERTAINTY = 3
/** Nobody answers, and the process that was watched is gone. */
const SILENT_SEC = 10
/** A target that ends sooner than this again and again is not started any more. */
const SHORTEST_LIFE_SEC = 10

export interface SoakOptions {
  readonly record: SoakRecord
  /** for each part: a part ends with its target */
  readonly startTarget: (signal: AbortSignal) => Promise<SoakTarget>
  /** the whole schedule, from its beginning */
  readonly load: (url: string) => LoadOptions
  /** end when a leak is certain; default no */
  readonly failFast?: boolean
  /** start a target that has ended once more, and go on; default no */
  readonly restart?: boolean
  /** a target that has lived for less is not started once more; default 10 */
  readonly shortestLifeSec?: number
  /** between two judgements; default 60 */
  readonly judgedEverySec?: number
  readonly onProgress?: (progress: SoakProgress) => void
}

/** What is known at the end of a second. */
export interface SoakProgress {
  readonly measuredSec: number
  readonly plannedNs: number
  readonly finishedPerSec: number
  readonly failedPerSec: number
  readonly p99Ns: number | null
  /** of its heap in use, or resident where nothing looks inside */
  readonly memoryBytes: number | undefined
  /** as of the last judgement */
  readonly verdict: LeakVerdict | undefined
}

export type SoakEnd = SoakPart['end']

/**
 * Load that lasts, in parts: a part ends with its target, or with this process, and another one goes on where it stopped. All that is learnt is in its record.
 *
 * ```ts
 * const end = await new Soak({ record, startTarget, load }).run(signal)
 * ```
 */
export class Soak {
  readonly #options: SoakOptions
  #verdict: LeakVerdict | undefined
  readonly #times = new SecondTimes()
  #leakLooks = 0
  #memoryBytes: number | undefined
  /** when the last second was told, on the clock of `process.hrtime` */
  #lastNs: number | undefined

  constructor(options: SoakOptions) {
    this.#options = options
  }

  /**
   * Until its planned end, or one before: told to end, it resolves with what is recorded.
   *
   * @throws {PerfKitError} as `TargetProcess.start` and `LoadGenerator.run` do
   */
  async run(signal?: AbortSignal): Promise<SoakEnd> {
    const { record, restart = false, shortestLifeSec = SHORTEST_LIFE_SEC } = this.#options
    let gap: SoakGap['kind'] = 'killed'
    for (;;) {
      if (this.#leftNs < NS_PER_SEC) return await this.#endNow()
      const before = record.measuredSec
      const end = await this.#runPart(gap, signal)
      const lasted = record.measuredSec - before
      // With nothing left to drive, its end is that of the soak.
      if (!restart || end !== 'targetEnded' || lasted < shortestLifeSec || this.#leftNs < NS_PER_SEC) return end
      gap = 'restart'
    }
  }

  /** The last part did not come to its end, and there is nothing left to drive. */
  async #endNow(): Promise<SoakEnd> {
    const { record } = this.#options
    const none = { doubts: [], unseen: [], limits: [] }
    record.add({ type: 'end', at: record.nextAt, end: 'complete', because: '', said: '', ...none })
    await record.endPart()
    return record.failure === undefined ? 'complete' : 'unwritable'
  }

  get #leftNs(): number {
    const { record } = this.#options
    return record.head.plannedNs - record.measuredSec * NS_PER_SEC
  }

  async #runPart(gap: SoakGap['kind'], signal: AbortSignal | undefined): Promise<SoakEnd> {
    const { record, startTarget } = this.#options
    const over = new AbortController()
    const target = await startTarget(signal ?? over.signal).catch((error: unknown) => {
      // Nobody has asked for this: somebody wants to see what is known.
      if (signal?.aborted === true) return undefined
      throw error
    })
    if (target === undefined) return 'interrupted'
    const part = new PartEnd(over)
    const onInterrupt = (): void => part.end('interrupted')
    signal?.addEventListener('abort', onInterrupt, { once: true })
    if (signal?.aborted === true) onInterrupt()
    void target.process?.exit.then((exit) => part.targetEnded(exit))
    try {
      await this.#drive(target, part, gap)
    } catch (error) {
      part.end('failed', error instanceof Error ? error.message : String(error))
      throw error
    } finally {
      // Asked before it is ended by us.
      const exit = part.exit
      const because = exit === undefined ? part.because : await wordsOfEnd(target)
      const said = exit === undefined ? '' : (target.process?.outputTail ?? '')
      if (part.hasBegun) record.add({ type: 'end', at: record.nextAt, end: part.ended, because, said, ...part.found })
      await record.endPart()
      signal?.removeEventListener('abort', onInterrupt)
      await target.process?.stop()
    }
    return record.failure === undefined ? part.ended : 'unwritable'
  }

  async #drive(target: SoakTarget, part: PartEnd, gap: SoakGap['kind']): Promise<void> {
    const { record, load, judgedEverySec = JUDGED_EVERY_SEC } = this.#options
    const whole = load(target.url)
    const options: LoadOptions = {
      ...whole,
      phases: restOfPhases(whole.phases, record.measuredSec * NS_PER_SEC),
      mayIdle: true,
      secondsKept: SECONDS_KEPT,
      onSecond: (second) => onSecond(second),
    }
    const generator = new LoadGenerator(options)
    await this.#beginPart(target, gap)
    part.hasBegun = true
    const feed = feedOf(target, generator)
    const { plannedNs } = record.head
    const place = { fromAt: record.nextAt, scheduleNs: generator.result.durationNs, plannedNs }
    const placing = new SecondPlacing(place, new ClockWatch())
    const level = levelOf(generator.result.plan)
    let silentSec = 0
    const onSecond = (second: StreamedSecond): void => {
      const { at, isGap, isWhole, events } = placing.place(second)
      for (const event of events) record.add(event)
      const middleNs = (second.second + 0.5) * NS_PER_SEC
      record.add({ type: 'second', at, wallMs: Date.now(), level: level.levelAt(middleNs), isGap, isWhole, second })
      this.#lastNs = hrtimeNs()
      const samples = feed?.take() ?? []
      for (const sample of samples) record.add({ type: 'sample', at, sample })
      void record.flush()
      if (feed !== undefined && record.measuredSec % judgedEverySec === 0 && isWhole && !isGap)
        this.#judge(part, feed.verdict)
      silentSec = second.finished > second.failed ? 0 : silentSec + 1
      if (target.process === undefined && feed?.hasEnded === true && silentSec >= SILENT_SEC) {
        part.end('targetEnded', `process ${target.pid} is gone, and nothing answers any more`)
      }
      if (record.failure !== undefined) part.end('unwritable', record.failure.message)
      const last = samples.at(-1)
      this.#memoryBytes = last?.inside?.memory.heapUsedBytes ?? last?.outside?.rssBytes ?? this.#memoryBytes
      this.#tell(second)
    }
    try {
      if (!part.signal.aborted) await generator.run(part.signal)
    } finally {
      await feed?.stop()
      for (const sample of feed?.take() ?? []) record.add({ type: 'sample', at: record.nextAt, sample })
      const limits = limitsOfGenerator(generator.result)
      part.found = { doubts: doubtsOf(target, feed), unseen: feed?.unseen ?? [], limits }
    }
    if (!part.signal.aborted) part.end('complete')
  }

  async #beginPart(target: SoakTarget, gap: SoakGap['kind']): Promise<void> {
    const { record } = this.#options
    const pid = watchedPid(target) ?? null
    const identity = pid === null ? null : processIdentity(pid)
    const lastedNs = this.#sinceLastNs
    if (lastedNs !== undefined) {
      const at = record.nextAt
      record.add({ type: 'gap', at, kind: gap, lastedNs, drawnSec: drawnSecOf(lastedNs, at, record.head.plannedNs) })
    }
    const notes = target.process?.withoutAgent === undefined ? [] : [target.process.withoutAgent]
    const startedAt = new Date().toISOString()
    const isOneOfMany = (target.process?.agent?.others ?? 0) > 0
    record.add({ type: 'part', at: record.nextAt, startedAt, pid, process: identity, isOneOfMany, notes })
    this.#leakLooks = 0
    await record.flush()
  }

  /** Of another process's last second only the time of day is known. */
  get #sinceLastNs(): number | undefined {
    if (this.#lastNs !== undefined) return hrtimeNs() - this.#lastNs
    const { lastWallMs } = this.#options.record
    return lastWallMs === undefined ? undefined : Math.max(0, Date.now() - lastWallMs) * NS_PER_MS
  }

  #judge(part: PartEnd, verdict: LeakVerdict): void {
    this.#verdict = verdict
    this.#leakLooks = verdict.state === 'leaking' ? this.#leakLooks + 1 : 0
    if (this.#options.failFast === true && this.#leakLooks >= LOOKS_FOR_CERTAINTY) {
      part.end('leak', `a leak was certain: ${verdict.because}`)
    }
  }

  #tell({ finished, failed, distributions }: StreamedSecond): void {
    const { record, onProgress } = this.#options
    onProgress?.({
      measuredSec: record.measuredSec,
      plannedNs: record.head.plannedNs,
      finishedPerSec: finished,
      failedPerSec: failed,
      p99Ns: this.#times.of(distributions['responseTime']).p99Ns,
      memoryBytes: this.#memoryBytes,
      verdict: this.#verdict,
    })
  }
}

function levelOf({ traffic }: LoadPlan): Schedule {
  return new Schedule(traffic.loop === 'closed' ? traffic.clients : traffic.ratePerSec)
}

function hrtimeNs(): number {
  return Number(process.hrtime.bigint())
}
