import { describe, expect, it } from 'vitest'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { deadPort } from '../load/scripted-target.ts'
import { limitedTarget } from './limited-target.ts'
import { answerOf, optionsOf } from './short-search.ts'

describe('the capacity of a real target', () => {
  it('is “at least” the highest rate that was to be tried', async () => {
    await using target = await limitedTarget({ mode: 'queue', rate: 100_000 })
    const options = optionsOf(target.url, 'p50<20s', { startRatePerSec: 50, maxRatePerSec: 150 })
    const run = await new ThroughputTester(options).capacity()
    expect(run.metrics.map(({ name, gates }) => [name, gates])).toEqual([['capacityAtLeast', false]])
    expect(
      run.capacity?.trials.every(({ ratePerSec, verdict }) => (ratePerSec ?? 0) <= 150 && verdict !== 'broken'),
    ).toBe(true)
    const answer = answerOf(run)
    expect(answer.kind).toBe('atLeast')
    // Where other programs keep the generator from its work, some trials are unusable, and the answer may be less.
    if (run.validity.state !== 'valid') return
    expect(answer).toMatchObject({ perSec: 150, isConfirmed: true, because: 'no higher rate was to be tried' })
    expect(run.capacity?.trials.at(0)).toMatchObject({ ratePerSec: 50, phase: 'search' })
    expect(run.capacity?.trials.at(-1)).toMatchObject({ ratePerSec: 150, phase: 'confirm', verdict: 'met' })
  })

  it('is looked for with other arrivals in each trial, beginning with the seed that was given', async () => {
    await using target = await limitedTarget({ rate: 100_000 })
    const seeds: number[] = []
    const options = optionsOf(target.url, 'p50<20s', {
      startRatePerSec: 50,
      maxRatePerSec: 100,
      arrivals: 'poisson',
      seed: 7,
      onProgress: ({ result: { plan } }) => {
        if (plan.traffic.loop === 'open') seeds.push(plan.traffic.seed)
      },
    })
    await new ThroughputTester(options).capacity()
    expect(seeds.slice(0, 3)).toEqual([7, 8, 9])
    expect(new Set(seeds).size).toBe(seeds.length)
  })

  it('is below everything where nothing keeps to the objective, and what was seen is said', async () => {
    await using target = await limitedTarget({ mode: 'queue', rate: 100_000, delayMs: 60 })
    const run = await new ThroughputTester(optionsOf(target.url, 'p50<20ms', { startRatePerSec: 100 })).capacity()
    const answer = answerOf(run)
    expect(answer).toMatchObject({
      kind: 'below',
      because: expect.stringMatching(/^p50 was [\d.]+ ms, of 20 ms allowed/),
    })
    if (answer.kind === 'below') expect(answer.perSec).toBe(50)
    expect(run.metrics).toEqual([])
    // Other tests may take a part of the machine.
    expect(run.validity.reasons.filter((reason) => !reason.startsWith('other programs took'))).toEqual([])
  })

  it('keeps what it has learnt when it is interrupted', async () => {
    await using target = await limitedTarget({ mode: 'queue', rate: 100_000 })
    const interruption = new AbortController()
    const options = optionsOf(target.url, 'p50<20s', {
      startRatePerSec: 50,
      onProgress: ({ number }) => {
        if (number === 3) setTimeout(() => interruption.abort(), 300)
      },
    })
    const run = await new ThroughputTester(options).capacity(interruption.signal)
    expect(run.capacity?.trials.map(({ ratePerSec }) => ratePerSec)).toEqual([50, 100])
    expect(answerOf(run)).toMatchObject({ kind: 'atLeast', perSec: 100, isConfirmed: false })
    expect(run.validity).toMatchObject({ state: 'invalid', reasons: ['it was ended before the search was done'] })
  })

  it('is not looked for where nobody answers', async () => {
    const url = `http://127.0.0.1:${await deadPort()}/`
    await expect(new ThroughputTester(optionsOf(url, 'p50<20s')).capacity()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: 'the target does not answer a single client: ECONNREFUSED',
    })
  })
})
