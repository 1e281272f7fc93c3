import { expect, it } from 'vitest'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { limitedTarget } from './limited-target.ts'
import { optionsOf } from './short-search.ts'

it('clients ask once more where a target gets faster while they do: where to begin would be too low', async () => {
  await using target = await limitedTarget({ mode: 'queue', rate: 100, later: { rate: 600, after: 230 } })
  const options = optionsOf(target.url, 'p50<20s', { trialNs: 2e9, warmupNs: 1e9, mostTrials: 4, maxRatePerSec: 100 })
  const { capacity } = await new ThroughputTester(options).capacity()
  const probes = capacity?.trials.filter(({ phase }) => phase === 'probe') ?? []
  expect(probes.length).toBeGreaterThan(1)
  const [first, last] = [probes[0], probes.at(-1)]
  expect(last?.goodputPerSec).toBeGreaterThan(1.2 * (first?.goodputPerSec ?? Number.POSITIVE_INFINITY))
})
