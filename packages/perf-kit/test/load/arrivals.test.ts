import { describe, expect, it } from 'vitest'
import { Arrivals } from '../../src/load/arrivals.ts'
import type { ArrivalKind } from '../../src/load/load-plan.ts'
import { Schedule } from '../../src/load/schedule.ts'

const SEC = 1e9
const steady = (level: number, seconds: number) => new Schedule([{ from: level, to: level, durationNs: seconds * SEC }])

function timesOf(kind: ArrivalKind, schedule: Schedule, index = 0, of = 1, seed = 1): number[] {
  const arrivals = new Arrivals(schedule, { kind, seed, share: { index, of } })
  const times: number[] = []
  for (let atNs = arrivals.next(); atNs !== undefined; atNs = arrivals.next()) times.push(atNs)
  return times
}

describe('arrivals', () => {
  it('are evenly spaced at a constant rate, from the very beginning', () => {
    expect(timesOf('constant', steady(4, 1))).toEqual([0, 0.25 * SEC, 0.5 * SEC, 0.75 * SEC])
  })

  it.each(['constant', 'poisson'] as const)('%s: threads together send what one alone would', (kind) => {
    const schedule = new Schedule([{ from: 10, to: 200, durationNs: 5 * SEC }])
    const shares = [0, 1, 2].flatMap((index) => timesOf(kind, schedule, index, 3))
    expect(shares.toSorted((left, right) => left - right)).toEqual(timesOf(kind, schedule))
  })

  it('are the same for the same seed, and others for another', () => {
    const schedule = steady(100, 1)
    expect(timesOf('poisson', schedule, 0, 1, 7)).toEqual(timesOf('poisson', schedule, 0, 1, 7))
    expect(timesOf('poisson', schedule, 0, 1, 7)).not.toEqual(timesOf('poisson', schedule, 0, 1, 8))
  })

  it('of a Poisson process have exponential gaps: mean, spread and share of short ones', () => {
    const times = timesOf('poisson', steady(1000, 100))
    const gapsSec = times.slice(1).map((atNs, index) => (atNs - (times[index] ?? 0)) / SEC)
    const mean = gapsSec.reduce((sum, gap) => sum + gap, 0) / gapsSec.length
    const variance = gapsSec.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gapsSec.length
    // Standard error of the mean of 100 000 exponential gaps: 0.3 %.
    expect(mean * 1000).toBeCloseTo(1, 1.5)
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1.5)
    expect(gapsSec.filter((gap) => gap < mean * Math.LN2).length / gapsSec.length).toBeCloseTo(0.5, 1.7)
  })
})
