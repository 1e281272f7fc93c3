import type { Socket } from 'node:net'
import { nowNs } from '../../clock/index.ts'

/** When what comes over a socket was read: the clock is read once for all that came in one piece. */
export class ReadClock {
  readonly #socket: Socket
  #heard = 0
  /** how many bytes have come by the last read of which something was told, and when that was */
  #readUntil = -1
  #readAtNs = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Counts what has come. */
  get heard(): number {
    return this.#heard
  }

  /**
   * Something has come.
   *
   * @returns when it was read, which is when the first of its piece is told: what is made of that is no time of the others
   */
  note(): number {
    this.#heard++
    const { bytesRead } = this.#socket
    if (bytesRead !== this.#readUntil) {
      this.#readUntil = bytesRead
      this.#readAtNs = nowNs()
    }
    return this.#readAtNs
  }
}
