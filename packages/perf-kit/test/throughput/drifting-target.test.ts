import { expect, it } from 'vitest'
import { parseObjective } from '../../src/config/index.ts'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { limitedTarget } from './limited-target.ts'

it('says that a capacity has changed during the search, and doubts what it has found', async () => {
  // Half of it is gone after what the first trials take.
  await using target = await limitedTarget({ rate: 600, then: { rate: 250, after: 3500 } })
  const objective = parseObjective('errors<2%')
  if ('problem' in objective) throw new Error(objective.problem)
  const run = await new ThroughputTester({
    url: target.url,
    objective,
    trialNs: 1e9,
    warmupNs: 0.3e9,
    startRatePerSec: 300,
    maxDurationNs: 60e9,
    mostTrials: 14,
  }).capacity()
  expect(run.validity.state).toBe('suspect')
  expect(run.validity.reasons.join()).toMatch(/the capacity changed while it was searched for, from about [\d.,]+\/s to about [\d.,]+\/s|wider than 3 %/)
  const answer = run.capacity?.answer
  if (answer?.kind === 'interval') expect(answer.highPerSec / answer.lowPerSec).toBeGreaterThan(1.03)
})
