import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import type { Batch } from '../../../src/bench/fork/batch.ts'
import { measureAllocation, mostAllocationCalls } from '../../../src/bench/fork/measure-allocation.ts'
import { FORK_NODE_FLAGS } from '../../../src/bench/fork-process.ts'

const MODULE = import.meta.resolve('../../../src/bench/fork/measure-allocation.ts')
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
  // 1024 tagged values of 8 bytes are 8 KiB; 5120 of them are more than the young generation of a measured process.
  const program = `
    import { measureAllocation } from ${JSON.stringify(MODULE)}
    const run = (calls) => {
      for (let array = 0; array < 5120 * calls; array++) globalThis.kept = new Array(1024).fill(1)
    }
    console.log(await measureAllocation({ kind: 'sync', run }, 10))`
  const flags = [...FORK_NODE_FLAGS, '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  expect(Number(stdout)).toBeGreaterThan(39.5 * MIB)
  expect(Number(stdout)).toBeLessThan(42 * MIB)
})
