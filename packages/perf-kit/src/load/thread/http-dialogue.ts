import { CANCELLED, type EncodedRequest, type Ending, httpEnding, type ResponseHead } from '../../protocol/index.ts'
import type { Dialogue } from './dialogue.ts'
import type { RequestSource } from './request-source.ts'

/** The same request again and again; a whole answer below 400 is a success, whatever it holds. */
export class HttpDialogue implements Dialogue {
  readonly isOpen = true
  readonly hasSession = false
  operation = 0
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

  endFailed(ending: Ending): Ending {
    return ending
  }

  cut(): void {
    // Each request stands for itself.
  }
}

/** Another request each time: which of a load's operations it is, is drawn. */
export class VariedDialogue extends HttpDialogue {
  readonly isMadeUp = true
  readonly #source: RequestSource
  readonly #draw: () => number

  /** @param first - never sent */
  constructor(source: RequestSource, draw: () => number, first: EncodedRequest) {
    super(first)
    this.#source = source
    this.#draw = draw
  }

  override next(): EncodedRequest {
    this.operation = this.#draw()
    return this.#source.next(this.operation)
  }
}
