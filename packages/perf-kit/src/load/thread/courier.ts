import type { Connection, ConnectionFailure, ConnectionHandler, EncodedRequest } from '../../protocol/index.ts'
import { outcomeOf } from './connection-outcome.ts'
import type { LaneSettings } from './lane-settings.ts'

const FIRST_ERROR_STATUS = 400

/** @param problem - why it did not arrive; absent when it did */
type OnTold = (problem?: string) => void

/** A lane's second connection, for what must be said while the first waits for an answer. Opened when it is needed, and kept. */
export class Courier implements ConnectionHandler {
  readonly #settings: LaneSettings
  #connection: Connection | undefined
  #request: EncodedRequest | undefined
  #onTold: OnTold | undefined
  #status = 0

  constructor(settings: LaneSettings) {
    this.#settings = settings
  }

  /** What was on its way before is given up. */
  tell(request: EncodedRequest, onTold: OnTold): void {
    if (this.#onTold !== undefined) this.close()
    this.#request = request
    this.#onTold = onTold
    if (this.#connection === undefined) this.#connection = this.#settings.connect(this)
    else this.onOpen()
  }

  close(): void {
    this.#onTold = undefined
    this.#connection?.close()
    this.#connection = undefined
  }

  onOpen(): void {
    if (this.#request !== undefined) this.#connection?.send(this.#request)
    this.#request = undefined
  }

  onHead({ status }: { readonly status: number }): void {
    this.#status = status
  }

  onBody(): void {
    // Notifications are accepted without a word.
  }

  onEnd(isReusable: boolean): void {
    if (!isReusable) this.#connection = undefined
    this.#finish(this.#status < FIRST_ERROR_STATUS ? undefined : `HTTP ${this.#status}`)
  }

  /** While nothing is on its way, a connection that ends is only made again the next time. */
  onFailure(failure: ConnectionFailure): void {
    this.#connection = undefined
    this.#finish(outcomeOf(failure))
  }

  #finish(problem: string | undefined): void {
    const onTold = this.#onTold
    this.#onTold = undefined
    if (problem === undefined) onTold?.()
    else onTold?.(problem)
  }
}
