import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { type LoadOptions, toLoadRun } from '../../src/load/index.ts'
import { drive, FACTS, outcomesOf, steady } from './drive.ts'
import {
  END_HEADERS,
  END_STREAM,
  frame,
  HEADERS,
  type RawAsked,
  rawHttp2Target,
  SETTINGS,
  STATUS_200,
  uint32,
} from './raw-http2-target.ts'

const allows = (streams: number): Buffer => Buffer.concat([Buffer.of(0, 3), uint32(streams)])

/** A target that allows eight streams on a connection, and fewer from a request on; on those that are opened later, fewer at once. */
async function strictTarget(fewer: number, fromRequest: number) {
  let isStrict = false
  const underWay = new Map<Socket, number>()
  const beyond: number[] = []
  const target = await rawHttp2Target(
    ({ socket, streamId, number }: RawAsked) => {
      if (number === fromRequest) {
        isStrict = true
        for (const each of target.sockets) each.write(frame(SETTINGS, 0, 0, allows(fewer)))
      }
      const streams = (underWay.get(socket) ?? 0) + 1
      underWay.set(socket, streams)
      if (number > fromRequest + 100) beyond.push(streams)
      setTimeout(() => {
        underWay.set(socket, (underWay.get(socket) ?? 1) - 1)
        socket.write(frame(HEADERS, END_HEADERS | END_STREAM, streamId, STATUS_200))
      }, 20)
    },
    { settingsOf: () => allows(isStrict ? Math.max(1, fewer) : 8) },
  )
  return { ...target, mostLater: () => Math.max(0, ...beyond) }
}

it.concurrent.each<[string, Partial<LoadOptions>]>([
  ['all of which are busy', {}],
  ['some of which think', { thinkNs: 15e6 }],
])('leaves a connection on which the target allows fewer streams, with clients %s', async (_title, options) => {
  await using target = await strictTarget(2, 40)
  const result = await drive(target.url, { httpVersion: '2', streams: 8, phases: steady(8, 2_500), ...options })
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  expect(target.requests()).toBeGreaterThan(200)
  expect(result.perConnection).toBe(2)
  // What would wait within the client's own library goes over connections of its own.
  expect(target.connections()).toBeGreaterThanOrEqual(4)
  expect(target.mostLater()).toBeLessThanOrEqual(2)
  expect(result.lostConnections).toBe(0)
  const { warnings } = toLoadRun(result, FACTS)
  expect(warnings).toContainEqual(expect.objectContaining({ code: 'STREAMS_ALLOWED' }))
})

it.concurrent('goes on over another connection when the target allows none on one', async () => {
  await using target = await strictTarget(0, 40)
  const result = await drive(target.url, { httpVersion: '2', streams: 4, phases: steady(4, 2_000) })
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  expect(target.connections()).toBeGreaterThan(1)
  expect(target.requests()).toBeGreaterThan(100)
})
