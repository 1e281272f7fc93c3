import { expect, test } from 'vitest'
import type { Batch } from '../../../src/bench/fork/batch.ts'
import { calibrate } from '../../../src/bench/fork/calibrate.ts'
import { nowNs } from '../../../src/clock/index.ts'

const TIMER = { resolutionNs: 10, costNs: 30 }

/** A function that keeps the processor for so long. */
function busyFor(durationNs: number) {
  const calls: number[] = []
  const batch: Batch = {
    kind: 'sync',
    run: (iterations) => {
      calls.push(iterations)
      const endNs = nowNs() + durationNs * iterations
      while (nowNs() < endNs);
    },
  }
  return { batch, calls }
}

test('a slow function is called a few times only, and one call makes a batch', async () => {
  const { batch, calls } = busyFor(400e6)
  const { batchIterations } = await calibrate(batch, TIMER)
  expect(batchIterations).toBe(1)
  expect(calls.length).toBeLessThanOrEqual(5)
})

test('a fast function is called until a batch lasts', async () => {
  const { batch, calls } = busyFor(10e3)
  const { batchIterations } = await calibrate(batch, TIMER)
  expect(batchIterations).toBeGreaterThan(10)
  expect(calls.length).toBeGreaterThan(15)
})
