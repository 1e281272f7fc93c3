/** What the scripted target does, and so what a truthful client must measure; all times in ms. */

export const RATE_PER_SEC = 1000
export const SECONDS = 10
/** Every four seconds nothing leaves the target for 300 ms: what is due then leaves at the stall's end. */
const STALL_EVERY_MS = 4_000
const STALL_FROM_MS = 2_000
const STALL_MS = 300
const SHORTEST_MS = 2
const LONGEST_MS = 50

/**
 * How long the target thinks about request number `number`: from 2 to 50 ms, evenly on a logarithmic scale, in an order that
 * fills it evenly at any time (additive recurrence by the golden ratio).
 */
export function thinkMs(number: number): number {
  const share = (0.5 + number * 0.618_033_988_749_895) % 1
  return SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** share
}

/** When an answer leaves that would be ready at a time, both since the first request. */
export function leavesAtMs(readyAtMs: number): number {
  const intoPeriodMs = (readyAtMs + STALL_EVERY_MS - STALL_FROM_MS) % STALL_EVERY_MS
  return intoPeriodMs < STALL_MS ? readyAtMs - intoPeriodMs + STALL_MS : readyAtMs
}

/** Response times of requests that come at exactly the rate: the truth. Ascending, ms. */
export function trueResponsesMs(): readonly number[] {
  const responses = Array.from({ length: RATE_PER_SEC * SECONDS }, (_, number) => {
    const arrivesAtMs = (number * 1000) / RATE_PER_SEC
    return leavesAtMs(arrivesAtMs + thinkMs(number)) - arrivesAtMs
  })
  return responses.toSorted((left, right) => left - right)
}

/** @param sorted - ascending */
export function quantileOf(sorted: readonly number[], ratio: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(ratio * sorted.length) - 1)] ?? Number.NaN
}
