const NS_PER_MS = 1e6
const EVERY_MS = 500
const ANSWER_TIMEOUT_MS = 2_000
const TOO_MANY = 429
/** OpenMetrics: `gateway_pool_waiting{backend="files"} 3` */
const WAITING = /^\w*pool_waiting(?:\{[^}]*\})? (\S+)/gm

/** @returns how many requests wait for a connection of a pool, of all pools; `undefined` when the text tells of none */
export function readPoolWaiting(openMetrics: string): number | undefined {
  const values = [...openMetrics.matchAll(WAITING)].map(([, value]) => Number(value)).filter(Number.isFinite)
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
}

/** Looks now and then at what a target tells of its pools under `/metrics`, beside the requests that it is driven with. */
export class PoolWaiting {
  readonly #url: string
  readonly #over = new AbortController()
  readonly #seen: number[] = []
  #watching: Promise<void> = Promise.resolve()

  /** @param url - any of the target's */
  constructor(url: string) {
    this.#url = new URL('/metrics', url).href
  }

  /** @param startInNs - not before that, because a warm-up is no part of it */
  start(startInNs: number): void {
    this.#watching = this.#watch(startInNs / NS_PER_MS)
  }

  /** @returns on average; `undefined` of a target that does not tell */
  async stop(): Promise<number | undefined> {
    this.#over.abort()
    await this.#watching
    return this.#seen.length === 0 ? undefined : this.#seen.reduce((sum, value) => sum + value, 0) / this.#seen.length
  }

  async #watch(startInMs: number): Promise<void> {
    const { signal } = this.#over
    for (let waitMs = startInMs; await waited(waitMs, signal); waitMs = EVERY_MS) {
      const waiting = await this.#look()
      // One that does not tell is not asked again; one that has no time to answer is.
      if (waiting === 'untold') return
      if (waiting !== undefined && !signal.aborted) this.#seen.push(waiting)
    }
  }

  /** @returns `undefined` where no answer came, or one that was no answer to this */
  async #look(): Promise<number | 'untold' | undefined> {
    try {
      const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)])
      const answer = await fetch(this.#url, { signal, redirect: 'manual' })
      if (answer.ok) return readPoolWaiting(await answer.text()) ?? 'untold'
      await answer.body?.cancel()
      return answer.status >= 500 || answer.status === TOO_MANY ? undefined : 'untold'
    } catch {
      return undefined
    }
  }
}

/** @returns false when it was over before */
async function waited(waitMs: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  return await new Promise((resolve) => {
    const end = (isOver: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve(!isOver)
    }
    const onAbort = (): void => end(true)
    const timer = setTimeout(() => end(false), waitMs)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
