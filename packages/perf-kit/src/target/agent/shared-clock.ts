import { performance } from 'node:perf_hooks'

const NS_PER_MS = 1e6

/** What `performance` calls 0, on the clock that all processes share. */
const ORIGIN_NS = hrtimeNs() - performance.now() * NS_PER_MS

/** On Linux and macOS it is one clock for all processes of a machine. */
export function hrtimeNs(): number {
  return Number(process.hrtime.bigint())
}

/** @param timeMs - as `performance` tells it */
export function toSharedNs(timeMs: number): number {
  return Math.round(ORIGIN_NS + timeMs * NS_PER_MS)
}
