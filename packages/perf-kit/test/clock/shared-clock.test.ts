import { expect, it } from 'vitest'
import { nowNs, sharedClockOffsetNs } from '../../src/clock/index.ts'

const MS = 1e6

it('is right however often the thread has to wait between two readings', () => {
  let atNs = 0
  let readings = 0
  // Each reading takes 100 ns, but for one in four, before which the thread has waited.
  const tick = (): number => {
    atNs += readings++ % 4 === 1 ? 5 * MS : 100
    return atNs
  }
  const offsetNs = sharedClockOffsetNs(tick, () => tick() + 1_000 * MS)
  expect(Math.abs(offsetNs - 1_000 * MS)).toBeLessThan(200)
})

it('takes a time of this thread to where it is on the clock of all', () => {
  const offsetNs = sharedClockOffsetNs()
  for (let turn = 0; turn < 1_000; turn++) {
    const before = process.hrtime.bigint()
    const sharedNs = nowNs() + offsetNs
    const after = process.hrtime.bigint()
    // Two readings of it are less than 0.1 ms apart where nothing comes between them.
    expect(sharedNs).toBeGreaterThan(Number(before) - 0.1 * MS)
    expect(sharedNs).toBeLessThan(Number(after) + 0.1 * MS)
  }
})
