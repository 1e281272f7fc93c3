/** Of one thread, and of all that it keeps. */
const MOST_BYTES = 2 ** 25
/** An object around the bytes. */
const OVERHEAD_BYTES = 200

/** Memory that a thread has left for what it need not make a second time. */
export class Room {
  #leftBytes: number

  constructor(bytes = MOST_BYTES) {
    this.#leftBytes = bytes
  }

  /** @returns whether there is room for it */
  take(bytes: number): boolean {
    if (this.#leftBytes < bytes + OVERHEAD_BYTES) return false
    this.#leftBytes -= bytes + OVERHEAD_BYTES
    return true
  }
}

/**
 * What is made of each row, kept for the row's next turn while there is room. Rows come round in order: to throw out the oldest for the
 * newest would throw out each just before its turn.
 */
export class KeptByRow<Made> {
  readonly #room: Room
  readonly #make: (row: number) => Made
  readonly #bytesOf: (made: Made) => number
  readonly #kept: (Made | undefined)[] = []

  constructor(room: Room, make: (row: number) => Made, bytesOf: (made: Made) => number) {
    this.#room = room
    this.#make = make
    this.#bytesOf = bytesOf
  }

  of(row: number): Made {
    const known = this.#kept[row]
    if (known !== undefined) return known
    const made = this.#make(row)
    if (this.#room.take(this.#bytesOf(made))) this.#kept[row] = made
    return made
  }
}
