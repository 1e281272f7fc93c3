import { expect, it } from 'vitest'
import type { CapacityTrial } from '../../src/run/index.ts'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { limitedTarget } from './limited-target.ts'
import { answerOf, optionsOf } from './short-search.ts'

it('the capacity is told as far as it is known where the target falls over and does not come back', async () => {
  await using target = await limitedTarget({ mode: 'queue', rate: 100_000, fallsAfter: 130 })
  const run = await new ThroughputTester(optionsOf(target.url, 'p50<20s', { startRatePerSec: 100 })).capacity()
  expect(run.validity.state).toBe('invalid')
  expect(run.validity.reasons[0]).toMatch(/^the target fell over at 200\/s and did not come back \(.*ECONNREFUSED/)
  expect(answerOf(run)).toMatchObject({ kind: 'atLeast', perSec: 100, because: expect.stringContaining('fell over') })
})

it('what is known is kept where somebody does not want to wait until the target comes back', async () => {
  await using target = await limitedTarget({ mode: 'queue', rate: 100_000, fallsAfter: 130 })
  const interruption = new AbortController()
  const told: CapacityTrial[] = []
  const options = optionsOf(target.url, 'p50<20s', {
    startRatePerSec: 100,
    onTrial: (trial) => {
      told.push(trial)
      // While it is asked again and again whether it is there.
      if (trial.verdict !== 'met') setTimeout(() => interruption.abort(), 1000)
    },
  })
  const run = await new ThroughputTester(options).capacity(interruption.signal)
  expect(run.validity.reasons).toContain('it was ended before the search was done')
  expect(run.validity.state).toBe('invalid')
  expect(run.capacity?.trials).toMatchObject(told)
  expect(told.length).toBeGreaterThan(0)
})
