import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import type { Batch } from '../../../src/bench/fork/batch.ts'
import { measureAllocation, mostAllocationCalls } from '../../../src/bench/fork/measure-allocation.ts'

const PLAN = { warmupSlices: 2, slices: 7, tailNs: 0, mitataBudgetNs: 0 }

beforeAll(() => {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc')
})

test.each([
  { of: '1 ns', batchIterations: 1_000_000, batchesPerSlice: 10, most: 4096 },
  { of: '100 µs', batchIterations: 10, batchesPerSlice: 10, most: 496 },
  { of: '1 ms', batchIterations: 1, batchesPerSlice: 10, most: 46 },
  { of: '500 ms', batchIterations: 1, batchesPerSlice: 1, most: 1 },
])('a function of $of is called at most $most times in a row', ({ batchIterations, batchesPerSlice, most }) => {
  expect(mostAllocationCalls({ ...PLAN, batchIterations, batchesPerSlice })).toBe(most)
})

test('a function that allocates nothing is not called more often than that, and twice that', async () => {
  const runs: number[] = []
  const batch: Batch = { kind: 'sync', run: (iterations) => void runs.push(iterations) }
  await measureAllocation(batch, 10)
  expect(Math.max(...runs)).toBe(20)
})

test('a call that brings collections about by itself is counted whole', async () => {
  const MIB = 2 ** 20
  let kept: unknown
  // 131 072 tagged values of 8 bytes are 1 MiB; 40 of them are more than the young generation of this process holds.
  const run = (calls: number): void => {
    for (let call = 0; call < calls; call++) kept = Array.from({ length: 40 }, () => new Array(131_072).fill(call))
  }
  const bytes = await measureAllocation({ kind: 'sync', run }, 10)
  expect(kept).toHaveLength(40)
  expect(bytes).toBeGreaterThan(39.5 * MIB)
  expect(bytes).toBeLessThan(41 * MIB)
})
