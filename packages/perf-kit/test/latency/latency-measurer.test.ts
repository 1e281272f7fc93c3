import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { LatencyMeasurer, type LatencyOptions } from '../../src/latency/index.ts'
import { type Run, runSchema } from '../../src/run/index.ts'
import { deadPort, OK, scriptedTarget } from '../load/scripted-target.ts'

const MS = 1e6
const SHORT = { durationNs: 600 * MS, warmupNs: 100 * MS, timeoutNs: 10_000 * MS }

function subjectsOf({ metrics }: Run): string[] {
  return [...new Set(metrics.map(({ subject }) => subject))]
}

function metricOf({ metrics }: Run, level: string, name: string): number | undefined {
  return metrics.find((metric) => metric.subject.endsWith(` · ${level}`) && metric.name === name)?.value
}

it('measures at shares of a capacity that it finds out first, in one Run', async () => {
  await using target = await scriptedTarget(async ({ socket }) => {
    await sleep(5)
    socket.write(OK)
  })
  const options = {
    url: target.url,
    ...SHORT,
    capacityClients: 10,
    levels: [{ capacityRatio: 0.1 }, { capacityRatio: 0.5 }],
  }
  const run = await new LatencyMeasurer(options).measure()
  expect(runSchema().parse(run).kind).toBe('latency')
  expect(subjectsOf(run)).toEqual([
    'GET / · capacity, 10 clients',
    'GET / · 10 % of capacity',
    'GET / · 50 % of capacity',
    'GET / · capacity, 10 clients, at the end',
  ])
  const capacityPerSec = metricOf(run, 'capacity, 10 clients', 'capacity') ?? 0
  // Ten clients that wait 5 ms and a little for each answer.
  expect(capacityPerSec).toBeGreaterThan(100)
  expect(capacityPerSec).toBeLessThan(2_100)
  expect((metricOf(run, '10 % of capacity', 'goodput') ?? 0) / capacityPerSec).toBeCloseTo(0.1, 1)
  expect((metricOf(run, '50 % of capacity', 'goodput') ?? 0) / capacityPerSec).toBeCloseTo(0.5, 0)
  // What was sent as fast as possible says how much, and not how long.
  expect(metricOf(run, 'capacity, 10 clients', 'responseTime')).toBeUndefined()
})

it.concurrent('doubts shares of a capacity that has changed meanwhile', async () => {
  let delayMs = 5
  await using target = await scriptedTarget(async ({ socket }) => {
    await sleep(delayMs)
    socket.write(OK)
  })
  const measurer = new LatencyMeasurer({
    url: target.url,
    ...SHORT,
    capacityClients: 4,
    levels: [{ capacityRatio: 0.1 }],
    onProgress: ({ index }) => {
      if (index === 2) delayMs = 50
    },
  })
  const { validity } = await measurer.measure()
  expect(validity.state).toBe('suspect')
  expect(validity.reasons[0]).toMatch(/^the capacity was [\d.]+\/s before the levels and [\d.]+\/s after them/)
})

it.concurrent('measures clients and rates without looking for a capacity', async () => {
  await using target = await scriptedTarget(({ socket }) => socket.write(OK))
  const options: LatencyOptions = { url: target.url, ...SHORT, levels: [{ clients: 3 }, { ratePerSec: 50 }] }
  const seen: string[] = []
  const run = await new LatencyMeasurer({
    ...options,
    onProgress: ({ level, index, count }) => seen.push(`${index + 1}/${count} ${level}`),
  }).measure()
  expect(subjectsOf(run)).toEqual(['GET / · 3 clients', 'GET / · 50/s'])
  expect(seen).toEqual(['1/2 3 clients', '2/2 50/s'])
  expect(run.series?.map(({ subject }) => subject)).toContain('GET / · 50/s')
})

it.concurrent('is as valid as the least valid of its levels, and says which that was', async () => {
  const dead = `http://127.0.0.1:${await deadPort()}/`
  const run = await new LatencyMeasurer({ url: dead, ...SHORT, levels: [{ clients: 1 }] }).measure()
  expect(run.validity.state).toBe('invalid')
  expect(run.validity.reasons[0]).toBe('1 client: not a single request succeeded')
  await expect(new LatencyMeasurer({ url: dead, ...SHORT, capacityClients: 2 }).measure()).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    message: expect.stringContaining('no capacity: not a single request succeeded'),
  })
})

it.concurrent('shows what is known when it is ended, and that it is not all', async () => {
  const interruption = new AbortController()
  let askedAtSecondLevel: number | undefined
  await using target = await scriptedTarget(({ socket }) => {
    socket.write(OK)
    if (askedAtSecondLevel !== undefined && ++askedAtSecondLevel === 20) interruption.abort()
  })
  const measurer = new LatencyMeasurer({
    url: target.url,
    ...SHORT,
    warmupNs: 0,
    levels: [{ clients: 1 }, { clients: 2 }, { clients: 3 }],
    onProgress: ({ index }) => {
      if (index === 1) askedAtSecondLevel = 0
    },
  })
  const run = await measurer.measure(interruption.signal)
  expect(subjectsOf(run)).toEqual(['GET / · 1 client', 'GET / · 2 clients'])
  expect(run.validity.state).toBe('invalid')
  expect(run.validity.reasons[0]).toBe('it was ended before all levels were measured')
})

it('names what slow requests waited for, by what the target says of itself', async () => {
  // One request in fifty takes 30 ms more, and the target says where.
  await using target = await scriptedTarget(async ({ socket, number }) => {
    const isSlow = number % 50 === 0
    if (isSlow) await sleep(30)
    const timing = `Server-Timing: parse;dur=0.01\r\nserver-timing: store;dur=${isSlow ? 30 : 0.1}\r\n`
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${timing}\r\nok`)
  })
  const levels = [{ clients: 2 }]
  const run = await new LatencyMeasurer({ url: target.url, ...SHORT, durationNs: 2_000 * MS, levels }).measure()
  const excess = run.metrics.filter(({ name }) => name.startsWith('slowExcess '))
  expect(excess[0]?.name).toBe('slowExcess target store')
  expect(excess[0]?.value).toBeGreaterThan(0.5)
})

it.each<[string, Partial<LatencyOptions>, string]>([
  ['no levels', { levels: [] }, 'there is no level to measure at'],
  ['a level twice', { levels: [{ clients: 1 }, { clients: 1 }] }, 'the level 1 client is there twice'],
  ['a capacity of nothing', { levels: [{ capacityRatio: 0 }] }, '0 is no share of a capacity'],
  ['no number', { levels: [{ capacityRatio: Number.NaN }] }, 'NaN is no share of a capacity'],
  ['no clients', { levels: [{ clients: 0 }] }, 'there must be some clients'],
])('refuses %s', (_title, options, message) => {
  const make = () => new LatencyMeasurer({ url: 'http://127.0.0.1:1/', ...options })
  expect(make).toThrow(expect.objectContaining({ code: 'LOAD_INVALID', message: expect.stringContaining(message) }))
})
