import type { Histogram } from 'hdr-histogram-js'
import { CANCELLED } from '../protocol/index.ts'
import type { LoadEngineName } from './engines/engine-name.ts'
import { addCounts, buildHistogram, recordAll } from './histograms.ts'
import { durationNsOf, type LoadPlan, operationsOf } from './load-plan.ts'
import { type LoadSecond, LoadSeconds } from './load-seconds.ts'
import { McpResult } from './mcp-result.ts'
import { OperationResult } from './operation-result.ts'
import { type SampledRequest, sampledRequests } from './request-sample.ts'
import type { ThreadMessage } from './thread/messages.ts'
import { eachTime, TIME_NAMES, type TimeName } from './time-names.ts'

const NS_PER_SEC = 1e9

type DeltaMessage = Extract<ThreadMessage, { type: 'delta' }>
type DoneMessage = Extract<ThreadMessage, { type: 'done' }>

/** Distributions and counts of all threads, merged as they come in: constant memory, whatever the number of requests. */
export class LoadResult {
  readonly plan: LoadPlan
  /** whose counts these are */
  readonly engine: LoadEngineName
  /** of all requests, from the intended send time to the end, whatever the end was */
  readonly response: Histogram
  /** the same of those that succeeded */
  readonly responseOk: Histogram
  /** what else is timed, by name */
  readonly times: Readonly<Record<TimeName, Histogram>>
  readonly outcomes = new Map<string, number>()
  /** what the target said when requests ended so for the first time, by outcome */
  readonly said = new Map<string, string>()
  /** what was found out before it began, and may have been in its way */
  readonly doubts: string[] = []
  offered = 0
  dropped = 0
  unsent = 0
  /** ended, and nobody knows how long they took */
  untimed = 0
  succeededInWindow = 0
  receivedBytes = 0
  /** of HTTP/2: connections that failed */
  lostConnections = 0
  /** that were on them, or waited for them: each is among the failures */
  lostRequests = 0
  /** of each operation of a mix, in the order of the plan; empty when there is only one */
  readonly operations: readonly OperationResult[]
  /** absent: plain HTTP */
  readonly mcp: McpResult | undefined
  readonly #seconds: LoadSeconds
  readonly #knownUntilNs: number[]
  readonly #nextSequence: number[]
  readonly #done: (DoneMessage | undefined)[]

  constructor(plan: LoadPlan, engine: LoadEngineName = 'native') {
    this.plan = plan
    this.engine = engine
    this.response = buildHistogram()
    this.responseOk = buildHistogram()
    this.times = eachTime(buildHistogram)
    const operations = operationsOf(plan)
    this.operations = operations.length < 2 ? [] : operations.map(({ name }) => new OperationResult(name))
    this.mcp = plan.mcp === undefined ? undefined : new McpResult()
    this.#seconds = new LoadSeconds(plan.threads, plan.secondsKept)
    this.#nextSequence = Array.from({ length: plan.threads }, () => 0)
    this.#knownUntilNs = Array.from({ length: plan.threads }, () => 0)
    this.#done = Array.from({ length: plan.threads }, () => undefined)
  }

  /** what came in during each second, from the beginning of the warm-up until the last answer */
  get seconds(): readonly LoadSecond[] {
    return this.#seconds.all
  }

  /** requests that ended, well or not */
  get finished(): number {
    return this.response.totalCount + this.untimed
  }

  /** by us: neither well nor not */
  get cancelled(): number {
    return this.outcomes.get(CANCELLED.outcome) ?? 0
  }

  get failed(): number {
    return this.finished - this.responseOk.totalCount
  }

  /** The whole schedule, warm-up included. */
  get durationNs(): number {
    return durationNsOf(this.plan)
  }

  /** The counted part of the schedule, as far as it went. */
  get measuredNs(): number {
    const wentNs = this.isComplete ? this.durationNs : Math.min(this.durationNs, ...this.#knownUntilNs)
    return Math.max(0, wentNs - this.plan.warmupNs)
  }

  /** Share of the requests that were due that were sent: neither dropped nor given up while they waited. */
  get achievedRatio(): number {
    return this.offered === 0 ? 1 : 1 - (this.dropped + this.unsent) / this.offered
  }

  /** Of the counted part of the schedule. */
  get goodputPerSec(): number {
    return this.measuredNs === 0 ? 0 : (this.succeededInWindow * NS_PER_SEC) / this.measuredNs
  }

  /** Successes of each second that lies wholly within the counted part of the schedule. */
  get wholeSeconds(): readonly number[] {
    const from = Math.ceil(this.plan.warmupNs / NS_PER_SEC)
    const to = Math.floor((this.plan.warmupNs + this.measuredNs) / NS_PER_SEC)
    return this.seconds.slice(from, to).map(({ succeededInWindow }) => succeededInWindow)
  }

  /** The busiest thread's share of the counted time in which it did not wait for anything; 0 until threads are done. */
  get busyRatio(): number {
    return Math.max(0, ...this.#done.map((done) => done?.busyRatio ?? 0))
  }

  /** The same of its busiest seconds. */
  get busiestRatio(): number {
    return Math.max(0, ...this.#done.map((done) => done?.busiestRatio ?? done?.busyRatio ?? 0))
  }

  /** Clients that tried to get a connection or session, and never had one: what was measured is a load of fewer. */
  get shutOut(): number {
    return this.#done.reduce((sum, done) => sum + (done?.shutOut ?? 0), 0)
  }

  /** Clients that shared a connection, at most: fewer than was asked for where the target allows no more. */
  get perConnection(): number {
    return Math.min(...this.#done.map((done) => done?.perConnection ?? this.plan.http2?.streams ?? 1))
  }

  /** Some of the requests, drawn by chance, with what they took their time for; none until threads are done. */
  get sample(): readonly SampledRequest[] {
    return sampledRequests(this.#done.flatMap((done) => done?.sample ?? []))
  }

  /** Whether all threads have said that they are done, and all they counted is here. */
  get isComplete(): boolean {
    return this.#done.every((done) => done?.wasStopped === false) && this.#missing === 0
  }

  get #missing(): number {
    const told = this.#done.reduce((sum, done) => sum + (done?.finished ?? 0), 0)
    return told - this.finished - this.dropped
  }

  /** A delta that was added before is not added again; one that is missing shows in `isComplete`. */
  add(thread: number, message: DeltaMessage): void {
    const { sequence, atNs, delta } = message
    if (sequence < (this.#nextSequence[thread] ?? 0)) return
    this.#nextSequence[thread] = sequence + 1
    this.#knownUntilNs[thread] = atNs
    recordAll(delta.responseOk, [this.response, this.responseOk])
    recordAll(delta.responseFailed, [this.response])
    for (const name of TIME_NAMES) recordAll(delta.times[name], [this.times[name]])
    addCounts(this.outcomes, delta.outcomes)
    for (const [outcome, said] of Object.entries(delta.said ?? {})) {
      if (!this.said.has(outcome)) this.said.set(outcome, said)
    }
    this.lostConnections += delta.lost?.connections ?? 0
    this.lostRequests += delta.lost?.requests ?? 0
    for (const [index, operation] of (delta.operations ?? []).entries()) this.operations[index]?.add(operation)
    if (delta.mcp !== undefined) this.mcp?.add(delta.mcp)
    this.offered += delta.offered
    this.dropped += delta.dropped
    this.unsent += delta.unsent
    this.untimed += delta.untimed ?? 0
    this.succeededInWindow += delta.succeededInWindow
    this.receivedBytes += delta.receivedBytes
    this.#seconds.add(thread, message)
  }

  finish(thread: number, message: DoneMessage): void {
    this.#done[thread] = message
    if (this.#done.every((done) => done !== undefined)) this.#seconds.finish()
  }
}
