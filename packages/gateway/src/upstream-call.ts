import { describeFailure, UpstreamError } from './upstream-error.ts'

/** How long the answer may take through the parser once its stream has ended, and the stream's end once it was read. */
const REPLY_GRACE_MS = 1000
const BROKEN_OFF = new Error('the reply broke off')

/**
 * One call that waits for its answer, and the two ways to give it up.
 *
 * The SDK tells the backend of every abort of the signal it was given, also when the call is over, and MCP allows to
 * cancel only what is in progress. So the SDK's signal is aborted by nothing but a cancellation, while the POST, which
 * the SDK leaves open, has a signal of its own.
 */
export class UpstreamCall {
  readonly #cancelled = new AbortController()
  readonly #post = new AbortController()
  #graceTimer: NodeJS.Timeout | undefined
  #streaming = false
  #over = false

  /** For the SDK: aborted while the call is in progress, or never. */
  get cancelSignal(): AbortSignal {
    return this.#cancelled.signal
  }

  /** For the call's own POST. */
  get postSignal(): AbortSignal {
    return this.#post.signal
  }

  /** Nobody wants the answer any more, or it cannot come. Does nothing once the call is over. */
  cancel(reason: unknown): void {
    if (!this.#over) this.#cancelled.abort(reason)
  }

  /** There is an SSE reply, in which the answer may come. */
  replyBegan(): void {
    this.#streaming = true
  }

  /** The SSE reply ended; an answer that came in it may still be on its way through the parser. */
  replyEnded(error?: unknown): void {
    this.#streaming = false
    clearTimeout(this.#graceTimer)
    if (this.#over) return
    if (error === undefined) this.#graceTimer = setTimeout(() => this.cancel(BROKEN_OFF), REPLY_GRACE_MS)
    else this.cancel(BROKEN_OFF)
  }

  /** Ends a call that failed, its POST included if no answer has come in it. */
  fail(error: unknown): Error {
    const { aborted, reason } = this.#cancelled.signal
    const text = reason instanceof Error ? reason.message : String(reason)
    const failure = aborted ? new UpstreamError('connection', text) : describeFailure(error)
    if (failure instanceof UpstreamError) this.#post.abort(failure)
    return failure
  }

  /** The call is over. A server that leaves its reply open after the answer gets a moment to end it, for the connection's sake. */
  end(): void {
    this.#over = true
    clearTimeout(this.#graceTimer)
    if (this.#streaming) this.#graceTimer = setTimeout(() => this.#post.abort(), REPLY_GRACE_MS).unref()
  }
}
