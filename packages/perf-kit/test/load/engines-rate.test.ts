import { beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../bench/eventually.ts'
import { steady } from './drive.ts'
import { driveWith, engineFor, metricOf, namesOf, notesOf, requireOha, runOf } from './engine-drive.ts'
import { OK, scriptedTarget } from './scripted-target.ts'

const MS = 1e6
const answering = () => scriptedTarget(({ socket }) => socket.write(OK))

beforeEach(requireOha)

describe('oha at a rate', () => {
  it('sends as many as are due, and is judged like our own', async () => {
    await using target = await answering()
    const result = await driveWith('oha', target.url, { loop: 'open', phases: steady(200, 1_000) })
    const run = runOf(result)
    expect(result.offered).toBe(200)
    expect(result.finished + result.dropped).toBe(200)
    expect(result.achievedRatio).toBeGreaterThan(0.9)
    expect(result.achievedRatio).toBeCloseTo(result.finished / 200, 9)
    expect(namesOf(run)).toContain('sendLagP99')
    expect(notesOf(run)).toEqual(['ENGINE_CONNECT'])
  })

  it('counts the wait behind a stall into the response time of all who waited, and not into their service time', async () => {
    await using target = await scriptedTarget(({ socket, number }) => {
      // One connection, so that all that comes meanwhile waits.
      if (number === 20) setTimeout(() => socket.write(OK), 300)
      else socket.write(OK)
    })
    const result = await driveWith('oha', target.url, { loop: 'open', phases: steady(100, 800), maxConnections: 1 })
    expect(result.finished).toBeGreaterThan(70)
    // 30 of 80 requests came during the stall, and waited half of it on average.
    expect(result.response.getValueAtPercentile(80)).toBeGreaterThan(100 * MS)
    expect(result.times.service.getValueAtPercentile(95)).toBeLessThan(100 * MS)
    expect(result.times.service.getValueAtPercentile(100)).toBeGreaterThan(290 * MS)
  })

  it('counts from when a request was due, and not from when oha came to it', async () => {
    await using target = await answering()
    const result = await driveWith('oha', target.url, { loop: 'open', phases: steady(200, 1_000) })
    // Its timer wakes each millisecond, and later: half of the requests come to their turn late by a part of one.
    expect(result.times.sendLag.totalCount).toBe(result.finished)
    expect(result.times.sendLag.getValueAtPercentile(99)).toBeGreaterThan(0)
    const lateNs = result.response.mean - result.times.service.mean
    expect(lateNs / result.times.sendLag.mean).toBeGreaterThan(0.9)
  })

  it('counts what it could not send', async () => {
    await using target = await scriptedTarget(({ socket }) => setTimeout(() => socket.write(OK), 100))
    const result = await driveWith('oha', target.url, { loop: 'open', phases: steady(50, 1_000), maxConnections: 1 })
    expect(result.offered).toBe(50)
    expect(result.finished).toBeLessThanOrEqual(11)
    expect(result.dropped).toBe(50 - result.finished)
    expect(runOf(result).validity.state).toBe('invalid')
  })

  it('says that it knows nothing when it is interrupted', async () => {
    await using target = await answering()
    const interruption = new AbortController()
    const running = engineFor('oha', target.url, { loop: 'open', phases: steady(50, 60_000) }).run(interruption.signal)
    await eventually(target.requests, (count) => count > 10)
    interruption.abort()
    const run = runOf(await running)
    expect(notesOf(run)).toEqual(['ENGINE_SILENT'])
    expect(run.validity.reasons).toContain('the run ended before its schedule did')
  })

  it('says that failures have no times, and that it does not know how late it was', async () => {
    await using target = await scriptedTarget(({ socket, number }) => {
      if (number % 10 === 0) socket.end()
      else socket.write(OK)
    })
    const result = await driveWith('oha', target.url, { loop: 'open', phases: steady(100, 1_000) })
    const run = runOf(result)
    const failed = result.outcomes.get('CLOSED') ?? 0
    expect(failed).toBeGreaterThan(5)
    expect(result.failed).toBe(failed)
    expect(result.response.totalCount).toBe(result.finished - failed)
    expect(metricOf(run, 'errorRatio')).toBeCloseTo(failed / result.finished)
    expect(namesOf(run)).not.toContain('sendLag')
    expect(notesOf(run)).toEqual(['ENGINE_UNTIMED', 'ENGINE_LATE', 'ENGINE_UNCHECKED', 'ENGINE_CONNECT'])
    expect(run.validity.state).toBe('suspect')
    expect(run.validity.reasons[0]).toContain('failed without a time')
  })
})

describe('autocannon at a rate', () => {
  it('sends as many as are due, and has service times only', async () => {
    await using target = await answering()
    const result = await driveWith('autocannon', target.url, { loop: 'open', phases: steady(100, 2_000) })
    const run = runOf(result)
    expect(result.offered).toBe(200)
    expect(result.finished).toBe(200)
    expect(namesOf(run).filter((name) => name.startsWith('responseTime'))).toEqual([])
    expect(namesOf(run)).toContain('serviceTimeP99')
    expect(run.series?.map(({ name }) => name)).toContain('serviceTimeP50')
    expect(notesOf(run)).toEqual(['ENGINE_SERVICE_TIMES', 'ENGINE_UNCHECKED', 'ENGINE_CONNECT'])
  })

  it('counts what it gave up, which its own summary does not', async () => {
    await using target = await scriptedTarget(({ socket }) => setTimeout(() => socket.write(OK), 100))
    const options = { loop: 'open', phases: steady(50, 1_000), maxConnections: 1 } as const
    const result = await driveWith('autocannon', target.url, options)
    expect(result.offered).toBe(50)
    expect(result.finished).toBeLessThanOrEqual(11)
    expect(result.dropped).toBe(50 - result.finished)
    expect(runOf(result).validity.state).toBe('invalid')
  })
})

it('times of autocannon’s requests are right after one was lost with its connection', async () => {
  const tookMs: number[] = []
  await using target = await scriptedTarget(({ socket, number }) => {
    const askedMs = performance.now()
    const answer = (): void => {
      socket.write(OK)
      tookMs.push(performance.now() - askedMs)
    }
    if (number === 3) socket.resetAndDestroy()
    else setTimeout(answer, 100)
  })
  const result = await driveWith('autocannon', target.url, { phases: steady(1, 1_500) })
  expect(result.outcomes.get('ECONNRESET')).toBe(1)
  expect(tookMs.length).toBeGreaterThan(4)
  // Its own would be two requests long from then on.
  const [middleMs = Number.NaN] = tookMs.toSorted((left, right) => left - right).slice(tookMs.length >> 1)
  expect(result.responseOk.getValueAtPercentile(50)).toBeLessThan(1.7 * middleMs * MS)
})
