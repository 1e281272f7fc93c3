import {
  CANCELLED,
  type EncodedRequest,
  type Ending,
  httpEnding,
  McpSession,
  McpStateless,
  type ResponseHead,
  STATELESS_VERSION,
  type StreamRequest,
  withText,
} from '../../protocol/index.ts'
import type { LoadPlan } from '../load-plan.ts'
import { sessionDraws } from './session-draws.ts'

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
}

/** @param number - counts dialogues from 0, over all threads */
export function dialogueOf({ endpoint, request, headers, mcp }: LoadPlan, number: number): Dialogue {
  if (mcp !== undefined) {
    const { protocolVersion: version, ...session } = mcp.session
    const common = { endpoint, headers, operations: mcp.operations, draws: sessionDraws(mcp, number), ...session }
    if (version === STATELESS_VERSION) return new McpStateless(common)
    return new McpSession(version === undefined ? common : { ...common, version })
  }
  return new HttpDialogue(withText(request))
}

/** The same request again and again; a whole answer below 400 is a success, whatever it holds. */
class HttpDialogue implements Dialogue {
  readonly isOpen = true
  readonly hasSession = false
  readonly operation = 0
  readonly cancelAfterNs = undefined
  readonly #request: EncodedRequest
  #status = 0

  constructor(request: EncodedRequest) {
    this.#request = request
  }

  opening(): undefined {
    return undefined
  }

  listening(): undefined {
    return undefined
  }

  listens(): void {
    // It has no stream.
  }

  takeOpenTimeNs(): undefined {
    return undefined
  }

  next(): EncodedRequest {
    return this.#request
  }

  cancellation(): undefined {
    return undefined
  }

  farewell(): undefined {
    return undefined
  }

  onHead({ status }: ResponseHead): void {
    this.#status = status
  }

  onBody(): void {
    // Counted by the lane, and not kept.
  }

  end(): Ending {
    return httpEnding(this.#status)
  }

  endCancelled(): Ending {
    return CANCELLED
  }
}
