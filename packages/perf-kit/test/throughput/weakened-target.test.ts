import { expect, it } from 'vitest'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { limitedTarget } from './limited-target.ts'
import { optionsOf } from './short-search.ts'

it('the capacity of a target that does not recover from an overload is suspect', async () => {
  await using target = await limitedTarget({ mode: 'queue', rate: 100_000, later: { rate: 20, after: 130 } })
  const options = optionsOf(target.url, 'p50<100ms', { startRatePerSec: 100, maxDurationNs: 6e9 })
  const run = await new ThroughputTester(options).capacity()
  expect(run.validity.state).toBe('suspect')
  expect(run.validity.reasons.join('; ')).toMatch(
    /after \d+\/s the target did not become as quick again as it had been/,
  )
})
