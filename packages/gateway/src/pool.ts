import { LinkedList, type ListNode } from './linked-list.ts'

export interface PoolOptions<T> {
  readonly max: number
  readonly create: () => Promise<T>
  /** Frees a member; its failure is ignored, since nobody waits for it. */
  readonly destroy: (member: T) => Promise<void> | void
}

export interface AcquireOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

export interface Lease<T> {
  readonly value: T
  /** Gives the member back: to the pool, or to its end when `broken`. Later calls do nothing. */
  release(options?: { readonly broken: boolean }): void
}

export interface PoolState {
  readonly max: number
  readonly size: number
  readonly idle: number
  readonly waiting: number
}

export class PoolTimeoutError extends Error {
  override readonly name = 'PoolTimeoutError'
}

export class PoolClosedError extends Error {
  override readonly name = 'PoolClosedError'
}

interface Waiter<T> extends ListNode<Waiter<T>> {
  readonly resolve: (lease: Lease<T>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Bounded pool: members are made when needed, lent to one borrower at a time, and given to waiters in the order of their
 * arrival. Idle members are lent last in, first out, so that a few connections stay warm.
 */
export class Pool<T> {
  readonly #options: PoolOptions<T>
  readonly #idle: T[] = []
  readonly #waiters = new LinkedList<Waiter<T>>()
  #waiting = 0
  /** Members idle, lent or being made. */
  #size = 0
  #closed = false

  constructor(options: PoolOptions<T>) {
    this.#options = options
  }

  get state(): PoolState {
    return { max: this.#options.max, size: this.#size, idle: this.#idle.length, waiting: this.#waiting }
  }

  /**
   * @throws {PoolTimeoutError} when none got free in time
   * @throws {PoolClosedError}
   * @throws whatever `create` throws, when this call made the member
   * @throws the signal's reason, when it was aborted
   */
  async acquire({ timeoutMs, signal }: AcquireOptions): Promise<Lease<T>> {
    if (this.#closed) throw new PoolClosedError('the pool is closed')
    signal?.throwIfAborted()
    const idle = this.#idle.pop()
    if (idle !== undefined) return this.#lend(idle)
    const { promise, resolve, reject } = Promise.withResolvers<Lease<T>>()
    const waiter: Waiter<T> = { resolve, reject, previous: undefined, next: undefined }
    this.#waiters.append(waiter)
    this.#waiting += 1
    this.#grow()
    return this.#wait(waiter, promise, timeoutMs, signal)
  }

  /** Turns waiters away and frees idle members; lent ones are freed as they come back. */
  async close(): Promise<void> {
    this.#closed = true
    for (let waiter = this.#shiftWaiter(); waiter; waiter = this.#shiftWaiter()) {
      waiter.reject(new PoolClosedError('the pool was closed'))
    }
    await Promise.all(this.#idle.splice(0).map((member) => this.#destroy(member)))
  }

  async #wait(waiter: Waiter<T>, promise: Promise<Lease<T>>, timeoutMs: number, signal: AbortSignal | undefined) {
    const giveUp = (error: unknown) => {
      if (this.#removeWaiter(waiter)) waiter.reject(error)
    }
    const timer = setTimeout(() => giveUp(new PoolTimeoutError(`no member got free within ${timeoutMs} ms`)), timeoutMs)
    const onAbort = () => giveUp(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Makes a member for the waiters, if there is room. A waiter that gives up does not stop it: the next one gets it. */
  #grow(): void {
    if (this.#closed || this.#size >= this.#options.max) return
    this.#size += 1
    this.#options.create().then(
      (member) => this.#offer(member),
      (error) => {
        this.#size -= 1
        this.#shiftWaiter()?.reject(error)
        if (this.#waiting > 0) this.#grow()
      },
    )
  }

  #offer(member: T): void {
    if (this.#closed) {
      void this.#destroy(member)
      return
    }
    const waiter = this.#shiftWaiter()
    if (waiter) waiter.resolve(this.#lend(member))
    else this.#idle.push(member)
  }

  #lend(value: T): Lease<T> {
    let lent = true
    const release = ({ broken }: { readonly broken: boolean } = { broken: false }) => {
      if (!lent) return
      lent = false
      if (!broken) {
        this.#offer(value)
        return
      }
      void this.#destroy(value)
      if (this.#waiting > 0) this.#grow()
    }
    return { value, release }
  }

  async #destroy(member: T): Promise<void> {
    this.#size -= 1
    await Promise.resolve()
      .then(() => this.#options.destroy(member))
      .catch(() => undefined)
  }

  #shiftWaiter(): Waiter<T> | undefined {
    const waiter = this.#waiters.first
    if (waiter) this.#removeWaiter(waiter)
    return waiter
  }

  #removeWaiter(waiter: Waiter<T>): boolean {
    const queued = waiter.previous !== undefined || waiter === this.#waiters.first
    if (!queued) return false
    this.#waiters.remove(waiter)
    this.#waiting -= 1
    return true
  }
}
