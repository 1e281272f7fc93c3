import type { EncodedRequest, Ending, ResponseHead, StreamRequest } from '../../protocol/index.ts'

/** What is said on one lane: which request comes next, and what its answer was. */
export interface Dialogue {
  /** Whether requests that count may be sent: not before a session is open, nor when it is to be ended for another. */
  readonly isOpen: boolean
  /** Whether the target has, or is about to have, something that a farewell would end. */
  readonly hasSession: boolean
  /** What has to be said before requests that count: a session to be ended, or opened. Nothing when it is open. */
  opening(): EncodedRequest | undefined
  /** What opens a stream that has to be there before opening goes on; nothing when none has. */
  listening(): StreamRequest | undefined
  /** How else the target wants to be spoken to, when it has refused this way. */
  readonly successor?: Dialogue | undefined
  /** Whether that stream is there. */
  listens(isThere: boolean): void
  /** How long it took to open the session, ns: once for each. */
  takeOpenTimeNs(): number | undefined
  next(): EncodedRequest
  /** Whether `next` takes time that is worth telling apart. */
  readonly isMadeUp?: boolean
  /** Which of the plan's operations `next` gave last. */
  readonly operation: number
  /** How long after it was sent the request that `next` gave last is to be cancelled, ns; absent: not at all. */
  readonly cancelAfterNs: number | undefined
  /** What cancels it; nothing when all there is to do is to end its connection. */
  cancellation(): EncodedRequest | undefined
  /** What ends the session; nothing when there is none. */
  farewell(): EncodedRequest | undefined
  onHead(head: ResponseHead): void
  onBody(bytes: Uint8Array, from: number, to: number): void
  /** The answer is whole. */
  end(): Ending
  /** What `next` gave last was cancelled, and there will be no whole answer. */
  endCancelled(): Ending
  /** The same of what has failed without one: what has come of it may tell something all the same. */
  endFailed(ending: Ending): Ending
  /** Its connection is gone: what was asked over it is not answered any more. */
  cut(): void
}
