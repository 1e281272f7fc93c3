import { describe, expect, it } from 'vitest'
import type { Run } from '../../src/run/index.ts'
import type { TargetProcess } from '../../src/target/index.ts'
import { measureScalingPoint } from '../../src/throughput/index.ts'
import { cliffTarget, lawTarget } from './law-target.ts'
import { counts, figure, sweptWith, told } from './swept-points.ts'

const CLIENTS = [1, 4, 8, 16]

/** Real clients on real sockets, at a server in a process of its own. */
async function sweepClients(target: TargetProcess): Promise<Run> {
  return await sweptWith(
    counts('clients', CLIENTS),
    async (clients) =>
      await measureScalingPoint({ url: target.url ?? '', clients, durationNs: 0.8e9, warmupNs: 0.15e9, target }),
    { rounds: 2 },
  )
}

/** Whether a figure, or some of its interval, lies between these. */
function holds({ metrics }: Run, name: string, from: number, to: number): boolean {
  const { value = Number.NaN, interval } = metrics.find((metric) => metric.name === name) ?? {}
  return (interval?.low ?? value) <= to && (interval?.high ?? value) >= from
}

describe('a sweep over clients of a real server', () => {
  it('finds the contention and the peak of one whose law is known', async () => {
    await using target = await lawTarget({ sigma: 0.1, kappa: 0.005 })
    const run = await sweepClients(target)
    // Half of what is true, or twice as much, because the machine may be busy; √(0.9 / 0.005) = 13.
    expect(holds(run, 'uslSigma', 0.05, 0.2)).toBe(true)
    expect(holds(run, 'uslPeak', 7, 26)).toBe(true)
    expect(told(run, 'USL_DEPARTS')).toBe('')
    // It sleeps: nothing of it is used up, whatever else there is on the machine.
    expect(told(run, 'LIMITED_BY')).toMatch(/what limits it is not known|other programs/)
    expect(told(run, 'LIMITED_BY')).not.toMatch(/limited by the target|of a pool|limited by the generator/)
    expect(run.metrics.filter(({ name }) => name === 'sweepValue')).toHaveLength(4)
  })

  it('says so when the curve is not of the law, as where throughput falls off a cliff', async () => {
    await using target = await cliffTarget({ most: 10 })
    const run = await sweepClients(target)
    // A crowded machine keeps rounds apart, which hides what the curve is; it never makes the law of it.
    const isCrowded = run.validity.state === 'suspect'
    expect(told(run, 'USL_DEPARTS') !== '' || (isCrowded && told(run, 'USL_UNDECIDED') !== '')).toBe(true)
    expect(Math.abs(figure(run, 'GET / · clients', 'uslWorstOff') ?? 0)).toBeGreaterThan(0.2)
  })
})
