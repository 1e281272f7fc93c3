import { CANCELLED, type ConnectionFailure, type ConnectTimes } from '../../protocol/index.ts'
import { ValueCounts } from '../../run/index.ts'
import type { McpPlan } from '../mcp-plan.ts'
import { eachTime } from '../time-names.ts'
import type { CancelledRequest, CountedWindow, EndedRequest } from './counted-request.ts'
import { LostCounter } from './lost-counter.ts'
import { McpRecorder } from './mcp-recorder.ts'
import type { Delta } from './messages.ts'
import { OperationRecorder } from './operation-recorder.ts'
import type { Sampler } from './sampler.ts'

const MOST_SAID = 10

export interface RecorderParts {
  /** absent for an engine that does not tell what a request's time went into */
  readonly sampler?: Sampler
  /** absent: plain HTTP */
  readonly mcp?: McpPlan
  /** of a rate, whose requests take time to make up: it is known when they are sent how late that is */
  readonly lagsWhenSent?: boolean
  /** how many are asked; default: none that would have to be told from another */
  readonly operations?: number
}

/**
 * Counts what became of requests until somebody takes the counts away. Latencies are of requests that were due in the counted
 * window, whenever they ended; the rate is of those that succeeded within it, whenever they began.
 */
export class Recorder {
  readonly #window: CountedWindow
  readonly #responseOk = new ValueCounts()
  readonly #responseFailed = new ValueCounts()
  readonly #times = eachTime(() => new ValueCounts())
  readonly #sampler: Sampler | undefined
  readonly #lagsWhenSent: boolean
  readonly #outcomes = new Map<string, number>()
  /** how often the last outcome has come in a row and is not among the counts yet: mostly all are the same */
  #inARow = 0
  #lastOutcome = ''
  #offered = 0
  #dropped = 0
  #unsent = 0
  #succeededInWindow = 0
  #receivedBytes = 0
  /** what was said first, until it is taken away */
  readonly #said = new Map<string, string>()
  readonly #saidBefore = new Set<string>()
  readonly #lost = new LostCounter()
  /** requests of the window that ended, dropped ones too, since the beginning */
  finished = 0
  /** absent: plain HTTP */
  readonly mcp: McpRecorder | undefined
  /** empty when there is only one operation: what became of it is what became of all */
  readonly #operations: readonly OperationRecorder[]
  /** a load of a single operation must not pay for the others */
  readonly #tellsMore: boolean

  constructor(window: CountedWindow, { sampler, mcp, lagsWhenSent = false, operations = 0 }: RecorderParts = {}) {
    this.#window = window
    this.#sampler = sampler
    this.#lagsWhenSent = lagsWhenSent
    this.mcp = mcp === undefined ? undefined : new McpRecorder(mcp, window)
    this.#operations = operations < 2 ? [] : Array.from({ length: operations }, () => new OperationRecorder())
    this.#tellsMore = this.#operations.length > 0 || this.mcp?.tellsMore === true
  }

  /** A client asks: there is no time at which it should have. */
  ask(atNs: number): void {
    if (this.#counts(atNs)) this.#offered++
  }

  /** An arrival was due; coming to it late is the generator's own delay, not the target's. */
  due(intendedNs: number, atNs: number): void {
    if (!this.#counts(intendedNs)) return
    this.#offered++
    if (!this.#lagsWhenSent) this.#times.sendLag.add(atNs - intendedNs)
  }

  /** It has been made up, and is sent if there is a connection. */
  madeUp(intendedNs: number, atNs: number): void {
    if (this.#lagsWhenSent && this.#counts(intendedNs)) this.#times.sendLag.add(atNs - intendedNs)
  }

  drop(intendedNs: number): void {
    if (!this.#counts(intendedNs)) return
    this.#dropped++
    this.finished++
  }

  /** The head of an answer is there. @returns where in the sample it goes; negative when it does not */
  head(intendedNs: number): number {
    return this.#counts(intendedNs) ? (this.#sampler?.draw() ?? -1) : -1
  }

  end(request: EndedRequest): void {
    const { outcome, isOk, intendedNs, sentNs, headNs, endNs } = request
    if (isOk && endNs >= this.#window.fromNs && endNs < this.#window.toNs) this.#succeededInWindow++
    if (!this.#counts(intendedNs)) return
    const responses = isOk ? this.#responseOk : this.#responseFailed
    responses.add(endNs - intendedNs)
    if (sentNs === undefined) this.#unsent++
    else {
      this.#times.service.add(endNs - sentNs)
      if (this.#tellsMore) this.#tellMore(request)
    }
    if (sentNs !== undefined && headNs !== undefined) {
      this.#times.waiting.add(headNs - sentNs)
      this.#times.receiving.add(endNs - headNs)
    }
    this.#count(outcome)
    if (request.said !== undefined) this.#note(outcome, request.said)
    this.finished++
    this.#sample(request)
  }

  /** Its time is ours, not the target's: it is in no distribution. */
  cancelled(request: CancelledRequest): void {
    const { intendedNs, place } = request
    if (!this.#counts(intendedNs)) return
    if (place !== undefined && place >= 0) this.#sampler?.clear(place)
    this.#count(CANCELLED.outcome)
    this.mcp?.cancelled(request)
    this.#operations[request.operation]?.cancelled()
  }

  /** Something that is no request did not go well. */
  aside(outcome: string, atNs: number): void {
    if (this.#counts(atNs)) this.#count(outcome)
  }

  /** The target did something wrong on a connection that had no request: no request failed, and it is told all the same. */
  betweenRequests(fault: string, atNs: number): void {
    this.aside(`${fault} between requests`, atNs)
  }

  /** A connection has failed that was wanted. @returns whether nobody has told of it before */
  connectionLost({ shared }: ConnectionFailure, atNs: number): boolean {
    return shared === undefined || this.#lost.connection(shared, this.#counts(atNs))
  }

  /** A request has failed with its connection, or waited for one in vain. It is ended as any other besides. */
  requestLost({ shared }: ConnectionFailure, intendedNs: number): void {
    if (shared !== undefined && this.#counts(intendedNs)) this.#lost.request()
  }

  /** Of all connections, those of the warm-up too: most are opened then. */
  connected({ dnsNs, tcpNs, tlsNs, settingsNs }: ConnectTimes): void {
    this.#times.connect.add(dnsNs + tcpNs + tlsNs + settingsNs)
    this.#times.dns.add(dnsNs)
    this.#times.tcp.add(tcpNs)
    this.#times.tls.add(tlsNs)
    this.#times.settings.add(settingsNs)
  }

  received(intendedNs: number, bytes: number): void {
    if (this.#counts(intendedNs)) this.#receivedBytes += bytes
  }

  take(): Delta {
    this.#countRow()
    const lost = this.#lost.take()
    const delta: Delta = {
      responseOk: this.#responseOk.drain(),
      responseFailed: this.#responseFailed.drain(),
      times: eachTime((name) => this.#times[name].drain()),
      outcomes: Object.fromEntries(this.#outcomes),
      dropped: this.#dropped,
      unsent: this.#unsent,
      offered: this.#offered,
      succeededInWindow: this.#succeededInWindow,
      receivedBytes: this.#receivedBytes,
      ...(this.#said.size === 0 ? {} : { said: Object.fromEntries(this.#said) }),
      ...(lost === undefined ? {} : { lost }),
      ...(this.mcp === undefined ? {} : { mcp: this.mcp.take() }),
      ...(this.#operations.length === 0 ? {} : { operations: this.#operations.map((operation) => operation.take()) }),
    }
    this.#outcomes.clear()
    this.#said.clear()
    this.#dropped = 0
    this.#unsent = 0
    this.#offered = 0
    this.#succeededInWindow = 0
    this.#receivedBytes = 0
    return delta
  }

  #tellMore(request: EndedRequest): void {
    this.mcp?.end(request)
    if (request.operation !== undefined) this.#operations[request.operation]?.end(request)
  }

  /** One that never had a head is drawn now. What there was no time for has none: it ended before. */
  #sample({ intendedNs, takenNs, sentNs, headNs, endNs, place, serverTiming }: EndedRequest): void {
    const at = place ?? this.#sampler?.draw() ?? -1
    if (at < 0) return
    this.#sampler?.put(
      at,
      { intendedNs, takenNs, sentNs: sentNs ?? endNs, headNs: headNs ?? endNs, endNs },
      serverTiming,
    )
  }

  /** What was due before the window warms up; nothing is due after it. */
  #counts(intendedNs: number): boolean {
    return intendedNs >= this.#window.fromNs
  }

  /** Of each outcome the first: there are as many as JSON-RPC has codes. */
  #note(outcome: string, said: string): void {
    if (this.#saidBefore.has(outcome) || this.#saidBefore.size >= MOST_SAID) return
    this.#saidBefore.add(outcome)
    this.#said.set(outcome, said)
  }

  #count(outcome: string): void {
    if (outcome !== this.#lastOutcome) {
      this.#countRow()
      this.#lastOutcome = outcome
    }
    this.#inARow++
  }

  #countRow(): void {
    if (this.#inARow > 0) {
      this.#outcomes.set(this.#lastOutcome, (this.#outcomes.get(this.#lastOutcome) ?? 0) + this.#inARow)
    }
    this.#inARow = 0
  }
}
