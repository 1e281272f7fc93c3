import type { Run } from '@gw/perf-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readHealth } from '../../../packages/gateway/test/system/raw-client.ts'
import {
  CONNECTIONS_PER_SEC,
  foundIn,
  type LimitedGateway,
  searchGateway,
  skipUnlessFound,
  startLimitedGateway,
  untilFound,
} from './search-gateway.ts'

let single: LimitedGateway
let multiple: LimitedGateway
let ofSingle: Run
let ofMultiple: Run

beforeAll(async () => {
  single = await startLimitedGateway(1)
  multiple = await startLimitedGateway(2)
  // Both are slow by their backends and not by the machine, and need not wait for each other. What is found too little of in company is
  // searched alone, as often as if there had been none.
  const [first, second] = await Promise.all([searchGateway(single), searchGateway(multiple)])
  ofSingle = await untilFound(() => searchGateway(single), 3, first)
  ofMultiple = await untilFound(() => searchGateway(multiple), 3, second)
})

afterAll(async () => {
  await single?.[Symbol.asyncDispose]()
  await multiple?.[Symbol.asyncDispose]()
})

const trialsOf = ({ capacity }: Run) => capacity?.trials ?? []
const capacityOf = (run: Run): number => foundIn(run)?.valuePerSec ?? Number.NaN
/** On a machine that others use the interval is wide, and this end of it says what is sure. */
const leastOf = (run: Run): number => foundIn(run)?.lowPerSec ?? Number.NaN

/** What clients got done that asked as fast as they could, before the search. */
function mostDonePerSec(run: Run): number {
  return trialsOf(run).find(({ phase }) => phase === 'probe')?.goodputPerSec ?? Number.NaN
}

describe('5.1.2 test saturation point identification', () => {
  it('finds it between rates that were kept to and rates that were not, each with why', (context) => {
    skipUnlessFound(context, ofSingle)
    const { lowPerSec = Number.NaN, highPerSec = Number.NaN } = foundIn(ofSingle) ?? {}
    const of = (verdict: string) => trialsOf(ofSingle).filter((trial) => trial.verdict === verdict)
    expect(of('met').some(({ ratePerSec }) => (ratePerSec ?? Number.NaN) <= highPerSec)).toBe(true)
    expect(of('broken').some(({ ratePerSec }) => (ratePerSec ?? Number.NaN) >= lowPerSec)).toBe(true)
    for (const { reasons } of of('broken')) expect(reasons.join()).toMatch(/allowed|succeeded|longer/)
    for (const { errorRatio } of of('met')) expect(errorRatio).toBeLessThan(0.1)
    expect(ofSingle.validity.state).not.toBe('invalid')
  })

  it('sees beyond it what saturation is: more is asked, not more is done, and it takes longer', (context) => {
    skipUnlessFound(context, ofSingle)
    const judged = trialsOf(ofSingle).filter(({ ratePerSec, verdict }) => ratePerSec !== null && verdict !== 'unusable')
    const highest = judged.toSorted((left, right) => left.offeredPerSec - right.offeredPerSec).at(-1)
    const quickest = Math.min(...judged.map(({ responseTimeP50Ns }) => responseTimeP50Ns ?? Number.POSITIVE_INFINITY))
    expect(highest?.verdict).toBe('broken')
    expect((highest?.goodputPerSec ?? Number.NaN) / (highest?.offeredPerSec ?? Number.NaN)).toBeLessThan(0.98)
    expect((highest?.responseTimeP50Ns ?? Number.NaN) / quickest).toBeGreaterThan(1.2)
  })
})

describe('5.1.3 test maximum requests per second with a single backend', () => {
  it('is what the connections to the backend can do, and not more', (context) => {
    skipUnlessFound(context, ofSingle)
    // Timers round: the backend may wait a millisecond less than it was told, and 10 % is how exact the search is.
    expect(leastOf(ofSingle) / CONNECTIONS_PER_SEC).toBeLessThan(1.2)
    expect(capacityOf(ofSingle) / mostDonePerSec(ofSingle)).toBeGreaterThan(0.6)
  })
})

describe('5.1.4 test maximum requests per second with multiple backends', () => {
  it('is more with two backends than with one, and no more than twice as much', (context) => {
    skipUnlessFound(context, ofSingle, ofMultiple)
    expect(capacityOf(ofMultiple) / capacityOf(ofSingle)).toBeGreaterThan(1.4)
    expect(leastOf(ofMultiple) / CONNECTIONS_PER_SEC).toBeLessThan(2.4)
  })

  it('is the work of both', async () => {
    const counts = await Promise.all(multiple.backends.map(({ url }) => readHealth(url)))
    const [first = Number.NaN, second = Number.NaN] = counts.map(({ calls }) => Number(calls))
    expect(first + second).toBeGreaterThan(trialsOf(ofMultiple).reduce((sum, { requests }) => sum + requests, 0))
    expect(first / second).toBeGreaterThan(0.7)
    expect(first / second).toBeLessThan(1.4)
  })
})
