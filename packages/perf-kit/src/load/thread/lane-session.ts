import type { Connection, EncodedRequest, Ending, StreamRequest } from '../../protocol/index.ts'
import type { Dialogue } from './dialogue.ts'
import type { LaneSettings } from './lane-settings.ts'
import { Listener, type ListenerOwner } from './listener.ts'
import type { Recorder } from './recorder.ts'

/**
 * What is said on a lane beside its requests: what has to be said before them, the stream that it listens to, and the farewell. That is
 * no request of the load, and part of getting the connection. Plain HTTP has nothing of it.
 */
export class LaneSession {
  readonly #settings: LaneSettings
  readonly #recorder: Recorder
  readonly #owner: ListenerOwner
  #dialogue: Dialogue
  #listener: Listener | undefined
  #awaitsStream = false

  constructor(dialogue: Dialogue, settings: LaneSettings, recorder: Recorder, owner: ListenerOwner) {
    this.#dialogue = dialogue
    this.#settings = settings
    this.#recorder = recorder
    this.#owner = owner
  }

  get dialogue(): Dialogue {
    return this.#dialogue
  }

  /** Whether nothing is said until its stream is there, which has a connection of its own. */
  get awaitsStream(): boolean {
    return this.#awaitsStream
  }

  /** Whether the target has, or is about to have, a session of it, which outlives connections. */
  get isThere(): boolean {
    return this.#dialogue.hasSession
  }

  /**
   * Say what comes next; its answer, or the owner's being told of the stream, goes on with it.
   *
   * @param connection - must be open
   * @returns whether all has been said, and requests may be sent
   */
  goOn(connection: Connection): boolean {
    const stream = this.#dialogue.listening()
    if (stream !== undefined) {
      this.#listen(stream)
      return false
    }
    const request = this.#dialogue.opening()
    if (request !== undefined) {
      // A farewell: the target ends the stream with its session.
      if (!this.#dialogue.hasSession) this.stopListening()
      connection.send(request)
      return false
    }
    const openTimeNs = this.#dialogue.takeOpenTimeNs()
    if (openTimeNs !== undefined) this.#recorder.mcp?.sessionOpened(openTimeNs)
    return true
  }

  /** What was said has been answered. @returns whether there is a way to go on */
  goesOnAfter({ isOk }: Ending): boolean {
    const { successor } = this.#dialogue
    if (successor !== undefined) this.#dialogue = successor
    return isOk || successor !== undefined
  }

  /** @returns what ends it in good order; nothing when there is nothing to end */
  farewell(): EncodedRequest | undefined {
    const farewell = this.#dialogue.farewell()
    if (farewell !== undefined) this.stopListening()
    return farewell
  }

  /** Give up on a stream that is asked for again and does not come. */
  expire(atNs: number): void {
    this.#listener?.expire(atNs)
  }

  stopListening(): void {
    this.#awaitsStream = false
    this.#listener?.close()
  }

  #listen(request: StreamRequest): void {
    this.stopListening()
    this.#awaitsStream = true
    this.#listener = new Listener(this.#settings, this.#recorder, request, {
      onListening: () => {
        this.#awaitsStream = false
        this.#dialogue.listens(true)
        this.#owner.onListening()
      },
      onRefused: (outcome) => {
        this.#awaitsStream = false
        this.#dialogue.listens(false)
        this.#owner.onRefused(outcome)
      },
    })
  }
}
