import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGatewayProcess, type TestProcess } from '../../../packages/gateway/test/system/processes.ts'
import { componentTimesNs } from './component-times.ts'
import { callInTurn, medianPart, sumOfParts, type TimedCall } from './gateway-calls.ts'

/** Odd, so that the median is a call that was made. */
const ROUNDS = 31
const DELAY_MS = 20

const KINDS = {
  small: { tool: 'backend-1__tool-1', args: { bytes: 100 } },
  largeResult: { tool: 'backend-1__tool-1', args: { bytes: 100_000 } },
  largeRequest: { tool: 'backend-1__tool-1', args: { bytes: 100, padding: 'x'.repeat(100_000) } },
  delayed: { tool: 'backend-1__tool-1', args: { bytes: 100, delayMs: DELAY_MS } },
  unknown: { tool: 'backend-1__nowhere', args: {} },
}

let gateway: TestProcess
let callsOf: (name: keyof typeof KINDS) => readonly TimedCall[]

beforeAll(async () => {
  gateway = await startGatewayProcess('--backends', '1')
  callsOf = await callInTurn(gateway.url, KINDS, ROUNDS)
})

afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
})

describe('4.5.2 serialization overhead measurement', () => {
  it('sees that a result of 100 kB takes many times as long to serialise as one of 100 B', () => {
    const ratio = medianPart(callsOf('largeResult'), 'serialise') / medianPart(callsOf('small'), 'serialise')
    expect(ratio).toBeGreaterThan(3)
  })

  it('sees that a request of 100 kB takes longer to parse than one of 100 B, and is not booked as serialising', () => {
    const large = callsOf('largeRequest')
    const small = callsOf('small')
    expect(medianPart(large, 'parse') / medianPart(small, 'parse')).toBeGreaterThan(1.5)
    expect(medianPart(large, 'serialise') / medianPart(small, 'serialise')).toBeLessThan(3)
  })

  it.each(['serialize', 'parse'])(
    'measures the component alone: to %s 100 kB costs over 30 times what 1 kB does',
    async (work) => {
      const subjects = ['1kB', '100kB'].map((size) => `serialization/response ${work} size=${size}`)
      const [smallNs = Number.NaN, largeNs = Number.NaN] = await componentTimesNs(subjects)
      expect(largeNs / smallNs).toBeGreaterThan(30)
    },
  )
})

describe('4.5.3 routing overhead measurement', () => {
  it('books routing apart from the backend, and it is the smaller part', () => {
    const calls = callsOf('small')
    expect(medianPart(calls, 'route') / medianPart(calls, 'backend')).toBeLessThan(0.5)
  })

  it('measures routing of a tool that nobody has, which never reaches a backend', () => {
    const calls = callsOf('unknown')
    expect(calls.filter(({ partsMs }) => partsMs.has('route'))).toHaveLength(ROUNDS)
    expect(calls.filter(({ partsMs }) => partsMs.has('acquire') || partsMs.has('backend'))).toEqual([])
  })

  it('does not charge a slow backend or a large result to routing', () => {
    const small = medianPart(callsOf('small'), 'route')
    expect(medianPart(callsOf('delayed'), 'route') - small).toBeLessThan(0.1 * DELAY_MS)
    // The header has thousandths of a millisecond, and a fast machine routes in less than one.
    expect(medianPart(callsOf('largeResult'), 'route')).toBeLessThan(10 * Math.max(small, 0.001))
  })

  it('measures the component alone: a lookup among 10 000 tools costs no more than 20 times one among 10', async () => {
    const subjects = [10, 10_000].map((tools) => `routing/lookup tools=${tools} outcome=hit`)
    const [fewNs = Number.NaN, manyNs = Number.NaN] = await componentTimesNs(subjects)
    expect(manyNs / fewNs).toBeLessThan(20)
    expect(manyNs / fewNs).toBeGreaterThan(0.5)
  })
})

describe('4.5.4 backend communication overhead measurement', () => {
  const other = ['parse', 'route', 'acquire', 'serialise']

  it('shows a slow backend as backend time, and as nothing else', () => {
    const added = (part: string) => medianPart(callsOf('delayed'), part) - medianPart(callsOf('small'), part)
    expect(added('backend')).toBeGreaterThan(0.5 * DELAY_MS)
    for (const part of other) expect(added(part), part).toBeLessThan(0.1 * added('backend'))
  })

  it('counts the delay itself and what the way there and back adds to it', () => {
    // Timers round: the backend may wait a millisecond less than it was told.
    const tooShort = callsOf('delayed').filter(({ partsMs }) => (partsMs.get('backend') ?? 0) < DELAY_MS - 1)
    expect(tooShort).toEqual([])
    expect(medianPart(callsOf('small'), 'backend')).toBeGreaterThan(medianPart(callsOf('small'), 'route'))
  })

  it('leaves no call whose parts add up to more than the caller waited', () => {
    const all = [...callsOf('small'), ...callsOf('largeResult'), ...callsOf('largeRequest'), ...callsOf('delayed')]
    expect(all).toHaveLength(4 * ROUNDS)
    expect(all.filter((call) => sumOfParts(call) > call.wholeMs)).toEqual([])
    expect(all.filter(({ partsMs }) => !['backend', ...other].every((part) => partsMs.has(part)))).toEqual([])
  })
})
