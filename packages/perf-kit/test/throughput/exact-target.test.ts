import { expect, it } from 'vitest'
import { parseObjective } from '../../src/config/index.ts'
import { type CapacityTrial, type Run, runSchema } from '../../src/run/index.ts'
import { type CapacityOptions, ThroughputTester } from '../../src/throughput/index.ts'
import { type LimitedOptions, limitedTarget } from './limited-target.ts'

const MOST_TURNS = 2
const PRECISION_RATIO = 0.1

interface Search {
  readonly run: Run
  readonly told: readonly CapacityTrial[]
}

/** A search of a target that can do exactly so much; other programs may be in its way, and then once more. */
async function searchCalmly(limits: LimitedOptions, text: string): Promise<Search> {
  const objective = parseObjective(text)
  if ('problem' in objective) throw new Error(objective.problem)
  for (let turn = 1; ; turn++) {
    await using target = await limitedTarget(limits)
    const told: CapacityTrial[] = []
    const options: CapacityOptions = {
      url: target.url,
      objective,
      trialNs: 0.4e9,
      warmupNs: 0.2e9,
      precisionRatio: PRECISION_RATIO,
      onTrial: (trial) => told.push(trial),
    }
    const run = await new ThroughputTester(options).capacity()
    if (run.validity.state === 'valid' || turn === MOST_TURNS) return { run, told }
  }
}

it.each<[string, LimitedOptions, string]>([
  ['refuses what is too much', { mode: 'refuse', rate: 400 }, 'p99<500ms,errors<1%'],
  ['makes wait what is too much', { mode: 'queue', rate: 300 }, 'p99<200ms'],
])('finds the capacity of a target that %s, with every trial in the Run', async (_title, limits, text) => {
  const { run, told } = await searchCalmly(limits, text)
  expect(runSchema().parse(run)).toMatchObject({ kind: 'throughput', capacity: { subject: `GET / · ${text}` } })
  // What others took is known only after a trial has been told of.
  expect(run.capacity?.trials.map(({ othersRatio: _, ...trial }) => trial)).toEqual(told)
  expect(told[0]).toMatchObject({ phase: 'probe', ratePerSec: null, verdict: null })
  expect(told.length).toBeGreaterThan(3)
  expect(told.length).toBeLessThanOrEqual(12)
  if (run.validity.state !== 'valid') {
    // A machine that is too busy is said to be so: then there is no figure to check.
    expect(run.validity).toMatchObject({ state: 'suspect', reasons: expect.arrayContaining([expect.any(String)]) })
    return
  }
  const [metric] = run.metrics
  expect(metric).toMatchObject({ name: 'capacity', unit: 'perSec', better: 'higher', gates: true })
  expect(Math.abs((metric?.value ?? 0) / limits.rate - 1)).toBeLessThan(PRECISION_RATIO)
})
