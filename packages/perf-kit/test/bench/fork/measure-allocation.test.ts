import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import type { Batch } from '../../../src/bench/fork/batch.ts'
import { findAllocationCalls, measureAllocation } from '../../../src/bench/fork/measure-allocation.ts'
import { FORK_NODE_FLAGS } from '../../../src/bench/fork-process.ts'

const MODULE = import.meta.resolve('../../../src/bench/fork/measure-allocation.ts')
const MIB = 2 ** 20

beforeAll(() => {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc')
})

function countingBatch(allocate: (calls: number) => void = () => undefined) {
  const runs: number[] = []
  const batch: Batch = {
    kind: 'sync',
    run: (calls) => {
      runs.push(calls)
      allocate(calls)
    },
  }
  return { batch, runs }
}

test.each([
  { of: '1 ns', timePerOpNs: 1, most: 4096 },
  { of: '100 µs', timePerOpNs: 100e3, most: 500 },
  { of: '10 ms', timePerOpNs: 10e6, most: 5 },
  { of: '500 ms', timePerOpNs: 500e6, most: 1 },
])('a function of $of that allocates nothing is read over $most calls', async ({ timePerOpNs, most }) => {
  const { batch, runs } = countingBatch()
  expect(await findAllocationCalls(batch, timePerOpNs)).toBe(most)
  expect(Math.max(0, ...runs)).toBeLessThanOrEqual(2 * most)
})

test('a function that allocates much is read over few calls', async () => {
  let kept: unknown
  const { batch } = countingBatch((calls) => {
    for (let call = 0; call < calls; call++) kept = new Array(16_384).fill(call)
  })
  const calls = await findAllocationCalls(batch, 10_000)
  expect(kept).toHaveLength(16_384)
  expect(calls * 128 * 1024).toBeLessThan(4 * MIB)
})

test('every fork makes as many calls as it was told', async () => {
  const { batch, runs } = countingBatch()
  await measureAllocation(batch, 10)
  expect(new Set(runs)).toEqual(new Set([0, 20]))
})

test('what is allocated in pieces for many calls is read alike, however the number of calls falls', async () => {
  const pieceCalls = 50
  const pieceBytes = 65_536
  const counts = [60, 70, 80, 90, 100, 110, 160, 210]
  // In a process of its own, as a fork is, and one that has run for a while, as a fork has: in a new one collections of its start fall into readings.
  const program = `
    import { measureAllocation } from ${JSON.stringify(MODULE)}
    const read = []
    for (const calls of ${JSON.stringify([...Array<number>(6).fill(50), ...counts])}) {
      let call = 0
      const run = (some) => {
        for (let each = 0; each < some; each++) if (call++ % ${pieceCalls} === 0) globalThis.kept = new ArrayBuffer(${pieceBytes})
      }
      read.push(await measureAllocation({ kind: 'sync', run }, calls))
    }
    console.log(JSON.stringify(read))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...FORK_NODE_FLAGS,
    '--input-type=module',
    '--eval',
    program,
  ])
  const read: number[] = JSON.parse(stdout).slice(-counts.length)
  expect(read).toHaveLength(counts.length)
  for (const [index, calls] of counts.entries()) {
    // A piece more or less, of all that were taken in six readings of twice as many calls.
    const pieces = (6 * 2 * calls) / pieceCalls
    const isOffBy = Math.abs((read[index] ?? Number.NaN) / (pieceBytes / pieceCalls) - 1)
    expect(isOffBy, `${calls} calls`).toBeLessThan(1.01 / pieces)
  }
})

test('a call that brings collections about by itself is counted whole', async () => {
  // 1024 tagged values of 8 bytes are 8 KiB; 5120 of them are more than the young generation of a measured process.
  const program = `
    import { measureAllocation } from ${JSON.stringify(MODULE)}
    const run = (calls) => {
      for (let array = 0; array < 5120 * calls; array++) globalThis.kept = new Array(1024).fill(1)
    }
    console.log(await measureAllocation({ kind: 'sync', run }, 1))`
  const flags = [...FORK_NODE_FLAGS, '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  expect(Number(stdout)).toBeGreaterThan(39.5 * MIB)
  expect(Number(stdout)).toBeLessThan(42 * MIB)
})
