import { expect, it } from 'vitest'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { limitedTarget } from './limited-target.ts'
import { answerOf, optionsOf } from './short-search.ts'

it('the bound of what waits for a target is not taken for its capacity where each answer takes long', async () => {
  // 64 at a time, of 1.5 s each, would be 43/s.
  await using target = await limitedTarget({ mode: 'queue', rate: 100_000, delayMs: 1500 })
  const options = optionsOf(target.url, 'errors<1%', { startRatePerSec: 60, maxRatePerSec: 120, trialNs: 1e9 })
  const answer = answerOf(await new ThroughputTester({ ...options, warmupNs: 2e9 }).capacity())
  expect(answer).toMatchObject({ kind: 'atLeast', perSec: 120 })
})
