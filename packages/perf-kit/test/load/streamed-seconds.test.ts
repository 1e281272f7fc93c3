import { expect, it } from 'vitest'
import type { StreamedRequests, StreamedSecond } from '../../src/load/index.ts'
import { loadHistograms } from '../../src/run/index.ts'
import { drive, steady } from './drive.ts'
import { mcpTarget, well } from './mcp-target.ts'
import { OK, scriptedTarget } from './scripted-target.ts'

const S = 1e9

function added(seconds: readonly StreamedSecond[], of: (second: StreamedSecond) => number | undefined): number {
  return seconds.reduce((sum, second) => sum + (of(second) ?? 0), 0)
}

/** All of them put together, as whoever reads a file of them would. */
function merged(told: readonly (StreamedRequests | undefined)[], name: string) {
  const library = loadHistograms()
  const whole = library.build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: 3 })
  for (const each of told) {
    const data = each?.distributions[name]
    if (data !== undefined) whole.add(library.decodeFromCompressedBase64(data))
  }
  return whole
}

it.concurrent('add up to what the load has found, of all threads and with its warm-up', async () => {
  await using target = await scriptedTarget(({ socket, number }) => {
    if (number % 10 === 0) socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n')
    else setTimeout(() => socket.write(OK), 3 + (number % 7))
  })
  const seconds: StreamedSecond[] = []
  const result = await drive(target.url, {
    loop: 'open',
    phases: steady(200, 3_500),
    warmupNs: 1.5 * S,
    threads: 2,
    onSecond: (second) => seconds.push(second),
  })
  expect(seconds.map(({ second }) => second)).toEqual(seconds.map((_, index) => index))
  expect(seconds.length).toBeGreaterThanOrEqual(4)
  expect(seconds[0]).toMatchObject({ offered: 0, finished: 0, outcomes: {} })
  expect(added(seconds, ({ offered }) => offered)).toBe(result.offered)
  expect(added(seconds, ({ finished }) => finished)).toBe(result.finished)
  expect(added(seconds, ({ failed }) => failed)).toBe(result.failed)
  expect(added(seconds, ({ succeededInWindow }) => succeededInWindow)).toBe(result.succeededInWindow)
  expect(added(seconds, ({ receivedBytes }) => receivedBytes)).toBe(result.receivedBytes)
  for (const [outcome, count] of result.outcomes)
    expect(added(seconds, ({ outcomes }) => outcomes[outcome])).toBe(count)
  for (const [name, whole] of [
    ['responseTime', result.response],
    ['responseTimeOk', result.responseOk],
    ['serviceTime', result.times.service],
    ['sendLag', result.times.sendLag],
    ['connectTime', result.times.connect],
  ] as const) {
    const sum = merged(seconds, name)
    expect(sum.totalCount, name).toBe(whole.totalCount)
    for (const percentile of [0, 50, 99, 100]) {
      expect(sum.getValueAtPercentile(percentile), name).toBe(whole.getValueAtPercentile(percentile))
    }
  }
})

it.concurrent('have the last answers too, when other threads have been done for seconds', async () => {
  await using target = await scriptedTarget(({ socket }) => void setTimeout(() => socket.write(OK), 2_500))
  const seconds: StreamedSecond[] = []
  const options = {
    phases: steady(1, 500),
    threads: 2,
    onSecond: (second: StreamedSecond) => void seconds.push(second),
  }
  const result = await drive(target.url, options)
  expect(result.finished).toBe(1)
  expect(seconds.length).toBeGreaterThan(2)
  expect(added(seconds, ({ finished }) => finished)).toBe(1)
})

it.concurrent('come while the load goes on', async () => {
  await using target = await scriptedTarget(({ socket }) => socket.write(OK))
  const cameAtMs: number[] = []
  const startMs = performance.now()
  await drive(target.url, {
    phases: steady(1, 3_000),
    thinkNs: 20e6,
    onSecond: () => cameAtMs.push(performance.now() - startMs),
  })
  const endMs = performance.now() - startMs
  expect(cameAtMs.length).toBeGreaterThanOrEqual(3)
  expect(cameAtMs[0]).toBeLessThan(0.75 * endMs)
})

it.concurrent('end the load when whoever listens throws, and not the process', async () => {
  await using target = await scriptedTarget(({ socket }) => socket.write(OK))
  const onSecond = (): void => {
    throw new Error('no room')
  }
  await expect(drive(target.url, { phases: steady(1, 60_000), thinkNs: 20e6, onSecond })).rejects.toThrow('no room')
})

it.concurrent('have each operation of a mix, by name', async () => {
  await using target = await mcpTarget(well)
  const seconds: StreamedSecond[] = []
  const result = await drive(target.url, {
    phases: steady(2, 1_500),
    thinkNs: 5e6,
    mcp: [
      { method: 'ping', params: {} },
      { method: 'tools/list', params: {} },
    ],
    onSecond: (second) => seconds.push(second),
  })
  expect(result.operations).toHaveLength(2)
  for (const { name, finished, response } of result.operations) {
    expect(finished).toBeGreaterThan(0)
    expect(added(seconds, ({ operations }) => operations?.[name]?.finished)).toBe(finished)
    const told = seconds.map(({ operations }) => operations?.[name])
    expect(merged(told, 'responseTime').totalCount).toBe(response.totalCount)
  }
  expect(merged(seconds, 'sessionOpenTime').totalCount).toBe(result.mcp?.sessionOpen.totalCount)
})
