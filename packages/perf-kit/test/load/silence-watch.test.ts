import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { SilenceWatch } from '../../src/load/silence-watch.ts'

/** Keeps this thread from all else, as one that is stopped is kept. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

describe('a watch for silence', { concurrent: true }, () => {
  it('tells of it when nothing more is heard', async () => {
    const told = Promise.withResolvers<void>()
    new SilenceWatch(told.resolve).expectWithin(20)
    await expect(told.promise).resolves.toBeUndefined()
  })

  it('tells nothing when something is heard in time, or nothing is waited for any more', async () => {
    let times = 0
    const watch = new SilenceWatch(() => {
      times++
    })
    watch.expectWithin(10)
    watch.expectWithin(60_000)
    await sleep(30)
    watch.end()
    expect(times).toBe(0)
  })
})

describe('a watch for silence in a process that stands still', () => {
  it('waits once more, and tells of silence then', async () => {
    let times = 0
    const told = Promise.withResolvers<void>()
    const watch = new SilenceWatch(() => {
      times++
      told.resolve()
    })
    watch.expectWithin(400)
    standStill(3_000)
    // The timer that was due long ago comes in this turn.
    await sleep(0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(times).toBe(0)
    await told.promise
    expect(times).toBe(1)
  })
})
