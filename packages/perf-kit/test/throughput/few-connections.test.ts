import { expect, it } from 'vitest'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { limitedTarget } from './limited-target.ts'
import { answerOf, optionsOf } from './short-search.ts'

it('too little is not blamed on the target where all our connections are busy', async () => {
  await using target = await limitedTarget({ mode: 'queue', rate: 100_000, delayMs: 20 })
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
