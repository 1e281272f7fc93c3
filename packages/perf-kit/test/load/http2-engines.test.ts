import { beforeEach, describe, expect, it } from 'vitest'
import { steady } from './drive.ts'
import { driveWith, engineFor, metricOf, notesOf, requireOha, runOf } from './engine-drive.ts'
import { http2Target, ok } from './http2-target.ts'
import { deadPort } from './scripted-target.ts'

/** So much longer than what a busy machine adds that it is most of what both see. */
const DELAY_MS = 100

beforeEach(requireOha)

describe('oha, over HTTP/2', () => {
  it.each([1, 4])('agrees with ours, with %i clients a connection: rate, median and name', async (streams) => {
    await using target = await http2Target((asked) => setTimeout(() => ok(asked), DELAY_MS))
    const options = { httpVersion: '2', streams, phases: steady(4, 1_500) } as const
    const ours = runOf(await driveWith('native', target.url, options))
    const before = target.connections()
    const theirs = runOf(await driveWith('oha', target.url, options))
    expect(target.connections() - before).toBe(before)
    expect(target.mostStreams()).toBe(streams)
    expect(theirs.metrics[0]?.subject).toBe(ours.metrics[0]?.subject)
    for (const name of ['goodput', 'responseTimeP50']) {
      expect(metricOf(theirs, name) / metricOf(ours, name)).toBeGreaterThan(0.75)
      expect(metricOf(theirs, name) / metricOf(ours, name)).toBeLessThan(1.33)
    }
    expect(notesOf(theirs)).toContain('ENGINE_CONNECT')
  })

  it('sends no rate, because it gives up what is under way at its end', () => {
    const options = { httpVersion: '2', loop: 'open', phases: steady(100, 1_000) } as const
    expect(() => engineFor('oha', 'http://127.0.0.1/', options)).toThrow('a rate over HTTP/2 (--rate)')
  })

  it('finds that all requests have failed where nobody listens', async () => {
    const url = `http://127.0.0.1:${await deadPort()}/`
    const run = runOf(await driveWith('oha', url, { httpVersion: '2', phases: steady(2, 1_000) }))
    expect(metricOf(run, 'errorRatio')).toBe(1)
  })

  it('has full connections only', () => {
    const options = { httpVersion: '2', streams: 3, phases: steady(4, 500) } as const
    expect(() => engineFor('oha', 'http://127.0.0.1/', options)).toThrow('--streams')
  })
})

it('autocannon does not speak HTTP/2, and says so', () => {
  expect(() => engineFor('autocannon', 'http://127.0.0.1/', { httpVersion: '2' })).toThrow('HTTP/2 (--http2)')
})
