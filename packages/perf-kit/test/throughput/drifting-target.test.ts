import { expect, it } from 'vitest'
import { parseObjective } from '../../src/config/index.ts'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { limitedTarget } from './limited-target.ts'

it('says that a capacity has changed during the search, and doubts what it has found', async () => {
  // After the two trials in which all is well, half of it is gone.
  await using target = await limitedTarget({ rate: 100_000, later: { rate: 150, after: 900 } })
  const objective = parseObjective('errors<5%')
  if ('problem' in objective) throw new Error(objective.problem)
  const run = await new ThroughputTester({
    url: target.url,
    objective,
    trialNs: 0.6e9,
    warmupNs: 0.2e9,
    startRatePerSec: 300,
    maxDurationNs: 60e9,
    precisionRatio: 0.1,
  }).capacity()
  expect(run.validity.state).toBe('suspect')
  expect(run.validity.reasons.join()).toMatch(
    /the capacity changed during the search, .*: \d+\/s was kept to, and later [\d.]+\/s was not/,
  )
  const answer = run.capacity?.answer
  expect(answer?.kind).toBe('interval')
  if (answer?.kind === 'interval') expect(answer.highPerSec).toBeGreaterThanOrEqual(300)
})
