import { nowNs } from '../../clock/index.ts'
import { CANCELLED, type Ending } from '../ending.ts'
import type { EncodedRequest } from '../http-request.ts'
import type { ResponseHead } from '../response-head.ts'
import { isForgotten } from './forgotten-session.ts'
import { McpAnswer } from './mcp-answer.ts'
import { McpStateless } from './mcp-stateless.ts'
import { OperationRequests, type OperationRequestsOptions } from './operation-requests.ts'
import { type McpVersion, SESSION_VERSION, STATELESS_VERSION } from './protocol-versions.ts'
import { INITIALIZE_ID, SessionRequests } from './session-requests.ts'
import type { StreamRequest } from './stream-request.ts'

export interface McpSessionOptions extends OperationRequestsOptions {
  /** of each request, besides those of the protocol */
  readonly headers: Readonly<Record<string, string>>
  /** offered to the server; absent: the latest with sessions, and none where the server speaks only a later one */
  readonly version?: McpVersion
  /** it ends after so many; absent: never */
  readonly requestsPerSession?: number
  /** resources that it wants to hear of, from before its first request */
  readonly subscribe?: readonly string[]
}

const FIRST_ERROR_STATUS = 400
const NOT_FOUND = 404
/** A client cannot end sessions of every server. */
const NOT_ALLOWED = 405
const VERSION = /^\d{4}-\d\d-\d\d$/

/**
 * - `initialising`, `initialised`, `notifying`: the handshake, each until it is answered
 * - `deaf`: open, but for the stream of what it has subscribed to
 * - `subscribing`: the stream is there
 */
type State = 'new' | 'initialising' | 'initialised' | 'notifying' | 'deaf' | 'subscribing' | 'open' | 'leaving'

/**
 * A client's session by the revisions up to 2025-11-25, spoken by hand: the official client costs twenty times as much
 * processor a call, and would measure itself. One request at a time; an answer may be JSON or a stream of events.
 */
export class McpSession {
  readonly #options: McpSessionOptions
  readonly #says: SessionRequests
  readonly #answer = new McpAnswer()
  readonly #mostAsked: number
  readonly #requests: OperationRequests
  #state: State = 'new'
  /** whether this session has answered a call well */
  #hasAnswered = false
  /** requests of this session; endless when it has to be ended for another reason */
  #asked = 0
  #subscribed = 0
  /** the server speaks only a version without sessions */
  #isOutdated = false
  #isCancelled = false
  #openingSinceNs = 0
  #openTimeNs: number | undefined

  constructor(options: McpSessionOptions) {
    this.#options = options
    this.#mostAsked = options.requestsPerSession ?? Number.POSITIVE_INFINITY
    this.#says = new SessionRequests(options.endpoint, options.headers, options.version ?? SESSION_VERSION)
    this.#requests = new OperationRequests(options, () => this.#says.headers)
  }

  get isOpen(): boolean {
    return this.#state === 'open' && !this.#isSpent
  }

  /** Whether the server has or is about to have a session for us. */
  get hasSession(): boolean {
    return this.#state !== 'new' && this.#state !== 'leaving'
  }

  /** Index of the operation that `next` asked for last. */
  get operation(): number {
    return this.#requests.operation
  }

  get cancelAfterNs(): number | undefined {
    return this.#requests.cancelAfterNs
  }

  get #isSpent(): boolean {
    return this.#asked >= this.#mostAsked
  }

  get #subscribe(): readonly string[] {
    return this.#options.subscribe ?? []
  }

  /** The next request of the handshake, after the farewell of a session that is spent; nothing once one is open. */
  opening(): EncodedRequest | undefined {
    if (this.#state === 'open') {
      if (!this.#isSpent) return undefined
      const farewell = this.farewell()
      if (farewell !== undefined) return farewell
    }
    if (this.#state === 'subscribing') {
      return this.#says.subscribe(this.#subscribe[this.#subscribed] ?? '', this.#subscriptionId)
    }
    if (this.#state === 'initialised' || this.#state === 'notifying') {
      this.#state = 'notifying'
      return this.#says.initialized()
    }
    this.#state = 'initialising'
    this.#says.sessionId = undefined
    this.#asked = 0
    this.#subscribed = 0
    this.#openingSinceNs = nowNs()
    return this.#says.initialize()
  }

  /** What opens the stream that has to be there before opening goes on; nothing when none has. `listens` says what came of it. */
  listening(): StreamRequest | undefined {
    return this.#state === 'deaf' ? { request: this.#says.listen() } : undefined
  }

  listens(isThere: boolean): void {
    if (this.#state !== 'deaf') return
    if (isThere) this.#state = 'subscribing'
    else this.#giveUp()
  }

  /** How the server wants to be spoken to, when it has said that it is not like this. */
  get successor(): McpStateless | undefined {
    return this.#isOutdated ? new McpStateless(this.#options) : undefined
  }

  takeOpenTimeNs(): number | undefined {
    const openTimeNs = this.#openTimeNs
    this.#openTimeNs = undefined
    return openTimeNs
  }

  next(): EncodedRequest {
    this.#asked++
    this.#isCancelled = false
    return this.#requests.next()
  }

  /** Whether `next` had to make one up that is new: each session's first ones are. */
  get isMadeUp(): boolean {
    return this.#requests.isMadeUp
  }

  cancellation(): EncodedRequest {
    this.#isCancelled = true
    return this.#says.cancel(this.#requests.id)
  }

  farewell(): EncodedRequest | undefined {
    if (!this.hasSession || this.#state === 'initialising' || this.#says.sessionId === undefined) return undefined
    this.#state = 'leaving'
    return this.#says.end()
  }

  onHead(head: ResponseHead): void {
    this.#answer.begin(head)
    if (this.#state === 'initialising') this.#says.sessionId = head.get(this.#says.idHeader)
  }

  onBody(bytes: Uint8Array, from: number, to: number): void {
    this.#answer.add(bytes, from, to)
  }

  end(): Ending {
    if (this.#state === 'initialising') return this.#endInitialise()
    if (this.#state === 'notifying') return this.#endNotify()
    if (this.#state === 'subscribing') return this.#endSubscribe()
    if (this.#state === 'leaving') return this.#endFarewell()
    return this.#endCall()
  }

  /** What is given up, or has failed: what has come of its answer may have told of progress. */
  endCancelled(): Ending {
    return this.#withProgress(CANCELLED)
  }

  endFailed(ending: Ending): Ending {
    return this.#withProgress(ending)
  }

  /** Its connection is gone: a session that was not open yet will never be known by its name, and cannot be ended. */
  cut(): void {
    if (this.#state === 'initialising') this.#state = 'new'
  }

  #endInitialise(): Ending {
    const ending = this.#answer.judge(INITIALIZE_ID)
    this.#state = 'new'
    if (!ending.isOk) {
      this.#isOutdated =
        this.#options.version === undefined && this.#answer.supportedVersions.includes(STATELESS_VERSION)
      return ending
    }
    const version = this.#answer.resultOf(INITIALIZE_ID)?.['protocolVersion']
    // It goes into a header of each request: not whatever a server likes to say.
    if (typeof version !== 'string' || !VERSION.test(version)) return { outcome: 'RPC VERSION', isOk: false }
    this.#says.version = version
    this.#requests.reset()
    this.#hasAnswered = false
    this.#state = 'initialised'
    return ending
  }

  #endNotify(): Ending {
    const ending = this.#answer.acceptance()
    if (!ending.isOk) this.#state = 'new'
    else if (this.#subscribe.length > 0) this.#state = 'deaf'
    else this.#open()
    return ending
  }

  #endSubscribe(): Ending {
    const ending = this.#answer.judge(this.#subscriptionId)
    this.#subscribed++
    if (!ending.isOk) this.#giveUp()
    else if (this.#subscribed === this.#subscribe.length) this.#open()
    return ending
  }

  #open(): void {
    this.#state = 'open'
    this.#openTimeNs = nowNs() - this.#openingSinceNs
  }

  /** It cannot be what it should: end it, and try another. */
  #giveUp(): void {
    this.#state = 'open'
    this.#asked = Number.POSITIVE_INFINITY
  }

  #endFarewell(): Ending {
    this.#state = 'new'
    const { status } = this.#answer
    const ending = this.#answer.acceptance()
    return status === NOT_FOUND || status === NOT_ALLOWED ? { ...ending, isOk: true } : ending
  }

  #endCall(): Ending {
    const { status } = this.#answer
    if (isForgotten(this.#answer, this.#hasAnswered)) this.#state = 'new'
    const ending = this.#answer.judge(this.#requests.id, this.#requests.operation)
    if (ending.isOk) this.#hasAnswered = true
    // The answer may have been on its way already; else the server has ended its reply, or says that it was cancelled.
    else if (this.#isCancelled && status < FIRST_ERROR_STATUS) return this.endCancelled()
    return this.#withProgress(ending)
  }

  #withProgress(ending: Ending): Ending {
    const { id, asksForProgress } = this.#requests
    return asksForProgress ? { ...ending, progressEvents: this.#answer.progressOf(id) } : ending
  }

  get #subscriptionId(): number {
    return INITIALIZE_ID + 1 + this.#subscribed
  }
}
