import { nowNs, type TimerQuality } from '../../clock/index.ts'
import type { BenchDefinition } from '../../config/index.ts'
import type { DurationCounts } from './job.ts'
import { nextIteration } from './next-iteration.ts'

const MAX_CALLS = 20_000
const SIGNIFICANT_DIGITS = 3

/**
 * Single calls, each between two readings of the clock, with the clock's own cost taken off: what batch means hide.
 * A first pass is thrown away: this loop is new to V8 and would show its own compilation as the benchmark's tail.
 *
 * @param budgetNs - of both passes; each stops after half of it or 20 000 calls, whichever is first
 */
export async function measureTail(
  fn: BenchDefinition['fn'],
  state: unknown,
  kind: 'sync' | 'async',
  timer: TimerQuality,
  budgetNs: number,
): Promise<DurationCounts> {
  await timeSingleCalls(fn, state, kind, timer, budgetNs / 2)
  return countDurations(await timeSingleCalls(fn, state, kind, timer, budgetNs / 2))
}

async function timeSingleCalls(
  fn: BenchDefinition['fn'],
  state: unknown,
  kind: 'sync' | 'async',
  timer: TimerQuality,
  budgetNs: number,
): Promise<Float64Array> {
  const durationsNs = new Float64Array(MAX_CALLS)
  const stopNs = nowNs() + budgetNs
  let calls = 0
  let iteration = 0
  let endNs = 0
  while (calls < MAX_CALLS && endNs < stopNs) {
    const startNs = nowNs()
    const result = fn(state, iteration)
    if (kind === 'async') await result
    endNs = nowNs()
    durationsNs[calls++] = Math.max(0, endNs - startNs - timer.costNs)
    iteration = nextIteration(iteration, 1)
  }
  return durationsNs.subarray(0, calls)
}

/** Rounded to three digits, the precision of the histogram that they are going to. */
function countDurations(durationsNs: Float64Array): DurationCounts {
  const counts = new Map<number, number>()
  for (const durationNs of durationsNs) {
    const rounded = Number(durationNs.toPrecision(SIGNIFICANT_DIGITS))
    counts.set(rounded, (counts.get(rounded) ?? 0) + 1)
  }
  return [...counts].sort(([left], [right]) => left - right)
}
