import { setTimeout as sleep } from 'node:timers/promises'
import { LoadGenerator, type LoadOptions } from '../load/index.ts'
import { besideOthers } from './beside-others.ts'

const NS_PER_MS = 1e6
/** One client alone, for so long, and with pauses: to see how it is, and not to load it. */
const ASK_NS = 300 * NS_PER_MS
const PAUSE_NS = 10 * NS_PER_MS
const REST_MS = 200
/** Longer than an overloaded target has work waiting for it, and a process manager takes to start it again. */
const PATIENCE_MS = 10_000
/** As quick as it was, or nearly: a process that has worked hard may tidy up for a while. */
const SLOWER_FACTOR = 3
const SLOWER_NS = 5 * NS_PER_MS

/** How a target answers a single client. */
export interface Pulse {
  readonly succeeded: number
  /** `undefined` when nothing succeeded */
  readonly serviceNs: number | undefined
  /** how requests ended, the most frequent first: `ECONNREFUSED` */
  readonly outcomes: readonly string[]
  /** share of the machine that others took, the target's hardly anything among it; absent where the system does not tell */
  readonly othersRatio?: number
}

/**
 * - `settled`: as quick as before
 * - `slow`: it answers, and has not become as quick again
 * - `gone`: it does not answer any more
 */
export interface Settling {
  readonly state: 'settled' | 'slow' | 'gone'
  readonly pulse: Pulse
}

/** Ask a target as a single client does. */
export async function takePulse(options: Omit<LoadOptions, 'loop' | 'phases'>, signal?: AbortSignal): Promise<Pulse> {
  const generator = new LoadGenerator({
    ...options,
    loop: 'closed',
    thinkNs: PAUSE_NS,
    threads: 1,
    phases: [{ from: 1, to: 1, durationNs: ASK_NS }],
  })
  const { result, othersRatio } = await besideOthers(undefined, () => generator.run(signal))
  const { responseOk, outcomes } = result
  return {
    ...(othersRatio === undefined ? {} : { othersRatio }),
    succeeded: responseOk.totalCount,
    serviceNs: responseOk.totalCount === 0 ? undefined : responseOk.getValueAtPercentile(50),
    outcomes: [...outcomes].toSorted(([, left], [, right]) => right - left).map(([outcome]) => outcome),
  }
}

/**
 * Wait until a target that had too much to do has worked it off: what the next trial finds should be its own.
 *
 * @param idleNs - how long it took before
 * @param isOver - nothing is to be waited for any more
 */
export async function settle(
  take: () => Promise<Pulse>,
  idleNs: number,
  isOver: () => boolean,
  signal?: AbortSignal,
): Promise<Settling> {
  const untilMs = performance.now() + PATIENCE_MS
  for (;;) {
    const pulse = await take()
    const { serviceNs } = pulse
    if (serviceNs !== undefined && serviceNs <= Math.max(SLOWER_FACTOR * idleNs, idleNs + SLOWER_NS)) {
      return { state: 'settled', pulse }
    }
    const isLate = performance.now() >= untilMs
    if (!isLate && !isOver())
      await sleep(REST_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
    // It may be over only now.
    if (isLate || isOver()) return { state: serviceNs === undefined ? 'gone' : 'slow', pulse }
  }
}
