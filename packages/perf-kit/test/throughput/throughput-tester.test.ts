import { describe, expect, it } from 'vitest'
import { parseObjective } from '../../src/config/index.ts'
import type { Run } from '../../src/run/index.ts'
import { type CapacityOptions, ThroughputTester } from '../../src/throughput/index.ts'
import { deadPort } from '../load/scripted-target.ts'
import { limitedTarget } from './limited-target.ts'

const SHORT = { trialNs: 0.4e9, warmupNs: 0.2e9, maxDurationNs: 60e9 }

function optionsOf(url: string, text: string, more: Partial<CapacityOptions> = {}): CapacityOptions {
  const objective = parseObjective(text)
  if ('problem' in objective) throw new Error(objective.problem)
  return { url, objective, ...SHORT, ...more }
}

function answerOf({ capacity }: Run) {
  if (capacity === undefined) throw new Error('there is no search in it')
  return capacity.answer
}

describe('the capacity of a real target', () => {
  it('is “at least” the highest rate that was to be tried', async () => {
    await using target = await limitedTarget({ rate: 100_000 })
    const options = optionsOf(target.url, 'p50<20s', { startRatePerSec: 50, maxRatePerSec: 150 })
    const run = await new ThroughputTester(options).capacity()
    expect(answerOf(run)).toMatchObject({ kind: 'atLeast', perSec: 150, isConfirmed: true })
    expect(run.metrics.map(({ name, gates }) => [name, gates])).toEqual([['capacityAtLeast', false]])
    expect(run.validity).toEqual({ state: 'valid', reasons: [] })
    expect(run.capacity?.trials.map(({ ratePerSec, phase }) => [ratePerSec, phase])).toEqual([
      [50, 'search'],
      [100, 'search'],
      [150, 'search'],
      [150, 'confirm'],
    ])
  })

  it('is below everything where nothing keeps to the objective, and what was seen is said', async () => {
    await using target = await limitedTarget({ rate: 1000, delayMs: 60 })
    const run = await new ThroughputTester(optionsOf(target.url, 'p50<20ms', { startRatePerSec: 100 })).capacity()
    const answer = answerOf(run)
    expect(answer).toMatchObject({
      kind: 'below',
      because: expect.stringMatching(/^p50 was [\d.]+ ms, of 20 ms allowed/),
    })
    if (answer.kind === 'below') expect(answer.perSec).toBe(50)
    expect(run.metrics).toEqual([])
    expect(run.validity.state).toBe('valid')
  })

  it('is told as far as it is known where the target falls over and does not come back', async () => {
    await using target = await limitedTarget({ rate: 100_000, fallsAfter: 130 })
    const run = await new ThroughputTester(optionsOf(target.url, 'p50<20s', { startRatePerSec: 100 })).capacity()
    expect(run.validity.state).toBe('invalid')
    expect(run.validity.reasons[0]).toMatch(/^the target fell over at 200\/s and did not come back \(.*ECONNREFUSED/)
    expect(answerOf(run)).toMatchObject({ kind: 'atLeast', perSec: 100, because: expect.stringContaining('fell over') })
  })

  it('keeps what it has learnt when it is interrupted', async () => {
    await using target = await limitedTarget({ rate: 100_000 })
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

  it('is not blamed on the target where all our connections are busy', async () => {
    await using target = await limitedTarget({ rate: 100_000, delayMs: 20 })
    const options = optionsOf(target.url, 'p99<400ms', { startRatePerSec: 100, maxConnections: 6 })
    const run = await new ThroughputTester(options).capacity()
    const answer = answerOf(run)
    // Six connections of answers that take 20 ms make 300/s at most.
    expect(answer.kind).toBe('atLeast')
    if (answer.kind === 'atLeast') expect(answer.perSec).toBeLessThan(310)
    expect(run.validity.state).toBe('suspect')
    // Where other programs keep the generator from its work, that comes first.
    expect(run.validity.reasons.join()).toMatch(/all 6 connections were busy|the generator came late/)
  })
})
