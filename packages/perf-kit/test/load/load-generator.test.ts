import { describe, expect, it } from 'vitest'
import { LoadGenerator } from '../../src/load/index.ts'
import { drive, outcomesOf, steady } from './drive.ts'
import { OK, scriptedTarget } from './scripted-target.ts'
import { deltaOf } from './thread-messages.ts'

const MS = 1e6
const answering = () => scriptedTarget(({ socket }) => socket.write(OK))

describe('an open loop', () => {
  it('sends as many as are due, whatever comes back', async () => {
    await using target = await answering()
    const result = await drive(target.url, { loop: 'open', phases: steady(200, 500) })
    expect(result.offered).toBe(100)
    expect(target.requests()).toBe(100)
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 100 })
  })

  it.each([1, 2, 3])('sends no more with %i threads', async (threads) => {
    await using target = await answering()
    const result = await drive(target.url, { loop: 'open', phases: steady(200, 500), threads })
    expect(target.requests()).toBe(100)
    expect(result.isComplete).toBe(true)
  })

  it('counts the wait behind a stall into the response time of all who waited, not of the one that stalled alone', async () => {
    await using target = await scriptedTarget(({ socket, number }) => {
      // One connection, so that all that comes meanwhile waits.
      if (number === 20) setTimeout(() => socket.write(OK), 300)
      else socket.write(OK)
    })
    const result = await drive(target.url, {
      loop: 'open',
      phases: steady(100, 800),
      maxConnections: 1,
      timeoutNs: 5e9,
    })
    const waited = result.response.getValueAtPercentile(80)
    expect(result.finished).toBe(80)
    // 30 of 80 requests came during the stall, and waited half of it on average.
    expect(waited).toBeGreaterThan(100 * MS)
    expect(result.times.service.getValueAtPercentile(95)).toBeLessThan(100 * MS)
    expect(result.times.service.getValueAtPercentile(100)).toBeGreaterThan(290 * MS)
  })

  it('drops what is beyond the bound in flight, and says how many', async () => {
    await using target = await scriptedTarget(() => undefined)
    const result = await drive(target.url, {
      loop: 'open',
      phases: steady(100, 500),
      maxInFlight: 10,
      timeoutNs: 2_000 * MS,
    })
    expect(result.offered).toBe(50)
    expect(result.dropped).toBe(40)
    expect(Object.fromEntries(result.outcomes)).toEqual({ TIMEOUT: 10 })
    expect(result.achievedRatio).toBeCloseTo(0.2)
    expect(target.connections()).toBeLessThanOrEqual(10)
  })

  it('does not count what was due in the warm-up', async () => {
    await using target = await answering()
    const result = await drive(target.url, { loop: 'open', phases: steady(100, 600), warmupNs: 300 * MS })
    expect(target.requests()).toBe(60)
    expect(result.offered).toBe(30)
    expect(result.finished).toBe(30)
  })

  it('opens another connection when the target closes each after its answer', async () => {
    await using target = await scriptedTarget(({ socket }) =>
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'),
    )
    const result = await drive(target.url, { loop: 'open', phases: steady(100, 300) })
    expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 30 })
    expect(target.connections()).toBe(30)
  })
})

describe('the rate of successes', { concurrent: true }, () => {
  it('is of those that came within the schedule, whatever came after it', async () => {
    // Ten a second are answered, one after the other, and a hundred are asked.
    let freeAtMs = 0
    await using target = await scriptedTarget(({ socket }) => {
      freeAtMs = Math.max(performance.now(), freeAtMs) + 100
      setTimeout(() => socket.write(OK), freeAtMs - performance.now())
    })
    const result = await drive(target.url, { loop: 'open', phases: steady(30, 1_000) })
    expect(result.finished).toBe(30)
    expect(result.responseOk.totalCount).toBe(30)
    expect(result.goodputPerSec).toBeLessThanOrEqual(11)
    expect(result.goodputPerSec).toBeGreaterThan(3)
  })

  it('has a value for each whole second that counts, and for no other', async () => {
    await using target = await answering()
    const result = await drive(target.url, { loop: 'open', phases: steady(50, 3_500), warmupNs: 500 * MS })
    expect(result.wholeSeconds).toHaveLength(2)
    for (const perSec of result.wholeSeconds) expect(Math.abs(perSec - 50)).toBeLessThan(20)
    const sumOfTwo = result.wholeSeconds.reduce((sum, perSec) => sum + perSec, 0)
    expect(sumOfTwo).toBeLessThanOrEqual(result.succeededInWindow)
    expect(result.goodputPerSec).toBeGreaterThan(45)
    expect(result.goodputPerSec).toBeCloseTo(result.succeededInWindow / 3, 9)
    expect(result.finished).toBe(150)
  })
})

describe('a load generator', { concurrent: true }, () => {
  it('ends at once when it is told to, and keeps what is known', async () => {
    await using target = await answering()
    const interruption = new AbortController()
    const generator = new LoadGenerator({
      url: target.url,
      loop: 'closed',
      phases: steady(2, 60_000),
      // Others run beside it.
      thinkNs: 20 * MS,
    })
    const startMs = performance.now()
    const running = generator.run(interruption.signal)
    while (target.requests() === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    setTimeout(() => interruption.abort(), 2_500)
    const result = await running
    expect(performance.now() - startMs).toBeLessThan(30_000)
    expect(result.isComplete).toBe(false)
    expect(result.finished).toBeGreaterThan(0)
  })

  it('counts a delta once, however often it comes', async () => {
    await using target = await answering()
    const result = await drive(target.url, { loop: 'open', phases: steady(100, 300) })
    const five = Float64Array.of(1000, 5)
    const delta = deltaOf({ responseOk: five, times: { service: five }, outcomes: { 'HTTP 200': 5 }, offered: 5 })
    result.add(0, { type: 'delta', sequence: 0, atNs: 1, delta })
    expect(result.finished).toBe(30)
    result.add(0, { type: 'delta', sequence: 99, atNs: 1, delta })
    expect(result.finished).toBe(35)
    // More than the thread said that it had: something is wrong with this result, and it says so.
    expect(result.isComplete).toBe(false)
  })
})

describe('a closed loop', () => {
  it('never has more requests under way than clients', async () => {
    let underWay = 0
    let most = 0
    await using target = await scriptedTarget(({ socket }) => {
      underWay++
      most = Math.max(most, underWay)
      setTimeout(() => {
        underWay--
        socket.write(OK)
      }, 5)
    })
    const result = await drive(target.url, { phases: steady(7, 300) })
    expect(most).toBe(7)
    expect(target.connections()).toBe(7)
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.finished).toBe(target.requests())
  })

  it('has clients come and go with the schedule', async () => {
    await using target = await scriptedTarget(({ socket }) => setTimeout(() => socket.write(OK), 5))
    const phases = [...steady(2, 200), ...steady(8, 700), ...steady(1, 200)]
    const result = await drive(target.url, { phases })
    // Six came for the spike; two were there before.
    expect(target.connections()).toBe(8)
    expect(result.isComplete).toBe(true)
  })

  it('waits as long as its clients think, also when each answer ends the connection', async () => {
    await using target = await scriptedTarget(({ socket }) =>
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'),
    )
    const result = await drive(target.url, { phases: steady(2, 1_000), thinkNs: 200 * MS })
    expect(result.finished).toBeGreaterThanOrEqual(4)
    expect(result.finished).toBeLessThanOrEqual(12)
  })

  it('waits as long as its clients think', async () => {
    await using target = await answering()
    const result = await drive(target.url, { phases: steady(2, 1_000), thinkNs: 200 * MS })
    expect(result.finished).toBeGreaterThanOrEqual(6)
    expect(result.finished).toBeLessThanOrEqual(12)
  })
})
