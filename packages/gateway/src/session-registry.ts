import { randomUUID } from 'node:crypto'
import { LinkedList, type ListNode } from './linked-list.ts'

export interface SessionRegistryOptions {
  readonly maxSessions: number
  /** A session untouched for this long is idle. */
  readonly idleMs: number
  /** Monotonic clock, in ms; the default is `performance.now`. */
  readonly now?: () => number
  /** Unguessable, since whoever knows an id can use its session; the default is `randomUUID`. */
  readonly newId?: () => string
}

export class SessionLimitError extends Error {
  override readonly name = 'SessionLimitError'
}

interface Entry<T> extends ListNode<Entry<T>> {
  readonly id: string
  readonly value: T
  touchedAtMs: number
}

/**
 * Sessions by id, oldest touch first: a lookup is one hash lookup and a move to the end of a list, and the reaper reads
 * the list from its start and stops at the first session that is young enough.
 */
export class SessionRegistry<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #byAge = new LinkedList<Entry<T>>()
  readonly #maxSessions: number
  readonly #idleMs: number
  readonly #now: () => number
  readonly #newId: () => string

  constructor({ maxSessions, idleMs, now = () => performance.now(), newId = randomUUID }: SessionRegistryOptions) {
    this.#maxSessions = maxSessions
    this.#idleMs = idleMs
    this.#now = now
    this.#newId = newId
  }

  get size(): number {
    return this.#entries.size
  }

  /**
   * Makes an unguessable id, and stores what `build` returns for it.
   *
   * @throws {SessionLimitError} when there are `maxSessions` already
   */
  create(build: (id: string) => T): T {
    if (this.#entries.size >= this.#maxSessions) {
      throw new SessionLimitError(`all ${this.#maxSessions} sessions are taken`)
    }
    const id = this.#newId()
    const value = build(id)
    const entry: Entry<T> = { id, value, touchedAtMs: this.#now(), previous: undefined, next: undefined }
    this.#entries.set(id, entry)
    this.#byAge.append(entry)
    return value
  }

  /** Finds a session and starts its idle time anew. */
  lookup(id: string): T | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    this.#touch(entry, this.#now())
    return entry.value
  }

  /** @returns whether there was one */
  delete(id: string): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined) return false
    this.#entries.delete(id)
    this.#byAge.remove(entry)
    return true
  }

  /**
   * Takes out every session idle at `nowMs`. The caller closes them: dropping an entry frees nothing that is open.
   *
   * @param isBusy - sessions it holds for are kept and count as touched now
   */
  reap(nowMs: number, isBusy: (value: T) => boolean = () => false): T[] {
    const reaped: T[] = []
    for (;;) {
      const oldest = this.#byAge.first
      if (oldest === undefined || nowMs - oldest.touchedAtMs < this.#idleMs) return reaped
      if (isBusy(oldest.value)) {
        this.#touch(oldest, nowMs)
      } else {
        this.delete(oldest.id)
        reaped.push(oldest.value)
      }
    }
  }

  *values(): Generator<T> {
    for (const entry of this.#entries.values()) yield entry.value
  }

  #touch(entry: Entry<T>, nowMs: number): void {
    entry.touchedAtMs = nowMs
    this.#byAge.moveToEnd(entry)
  }
}
