import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Schedule, withSpikes } from '../../src/load/schedule.ts'

const SEC = 1e9
const steady = (level: number, seconds: number) => ({ from: level, to: level, durationNs: seconds * SEC })
const ramp = (from: number, to: number, seconds: number) => ({ from, to, durationNs: seconds * SEC })

describe('a schedule', () => {
  it('has a level at each moment, and none before and after', () => {
    const schedule = new Schedule([ramp(0, 100, 10), steady(50, 5)])
    const levels = [-1, 0, 2.5, 9.999, 10, 14.999, 15].map((seconds) => schedule.levelAt(seconds * SEC))
    expect(levels).toEqual([0, 0, 25, expect.closeTo(99.99), 50, 50, 0])
    expect(schedule.durationNs).toBe(15 * SEC)
    expect(schedule.highest).toBe(100)
  })

  it.each([
    ['a steady rate: evenly spaced', [steady(10, 2)], 5, 0.5],
    ['its beginning', [steady(10, 2)], 0, 0],
    ['a rising rate: t²·slope/2', [ramp(0, 10, 10)], 12.5, 5],
    ['a falling rate', [ramp(10, 0, 10)], 37.5, 5],
    ['a later phase', [steady(10, 1), steady(100, 1)], 60, 1.5],
    ['after a pause, in which nothing is due', [steady(10, 1), steady(0, 5), steady(10, 1)], 10, 6],
    ['from nothing up and on', [ramp(0, 20, 2), steady(20, 1)], 30, 2.5],
  ])('says when a count is reached: %s', (_title, segments, count, seconds) => {
    expect(new Schedule(segments).timeOf(count)).toBeCloseTo(seconds * SEC, 0)
  })

  it.each([
    ['steady', [steady(10, 2)], 20],
    ['falling to nothing', [ramp(10, 0, 10)], 50],
    ['nothing at all', [steady(0, 5)], 1],
  ])('ends before a count that it does not reach: %s', (_title, segments, count) => {
    expect(new Schedule(segments).timeOf(count)).toBeUndefined()
  })

  it('does not end where rounding puts a count behind the end of its own phase: the next one begins there', () => {
    const schedule = new Schedule([ramp(0, 13, 2.267), steady(10, 1)])
    expect(schedule.timeOf(14.735499999999998)).toBe(2.267 * SEC)
  })

  it('never goes back in time, and counts as many as its integral, whatever the phases', () => {
    const phases = fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: 1000 }),
        to: fc.integer({ min: 0, max: 1000 }),
        durationNs: fc.integer({ min: 1e6, max: 3e9 }),
      }),
      { minLength: 1, maxLength: 5 },
    )
    fc.assert(
      fc.property(phases, (segments) => {
        const schedule = new Schedule(segments)
        const area = segments.reduce((sum, { from, to, durationNs }) => sum + ((from + to) / 2) * (durationNs / SEC), 0)
        let last = 0
        let count = 0
        for (; ; count++) {
          const timeNs = schedule.timeOf(count)
          if (timeNs === undefined) break
          expect(timeNs).toBeGreaterThanOrEqual(last)
          expect(timeNs).toBeLessThanOrEqual(schedule.durationNs)
          last = timeNs
        }
        // One more or less where the area is a whole number but for rounding.
        expect(Math.abs(count - area)).toBeLessThanOrEqual(1.001)
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})

describe('spikes', () => {
  it('raise the level again and again, and leave the rest alone', () => {
    const schedule = withSpikes(new Schedule([steady(10, 100)]), { factor: 5, everyNs: 30 * SEC, lastsNs: 2 * SEC })
    const levels = [0, 29.9, 30, 31.9, 32, 61, 91, 99].map((seconds) => schedule.levelAt(seconds * SEC))
    expect(levels).toEqual([10, 10, 50, 50, 10, 50, 50, 10])
    expect(schedule.durationNs).toBe(100 * SEC)
  })

  it('follow a ramp, and end with the schedule', () => {
    const schedule = withSpikes(new Schedule([ramp(0, 100, 10), steady(100, 1)]), {
      factor: 2,
      everyNs: 5 * SEC,
      lastsNs: 4 * SEC,
    })
    const levels = [4, 6, 9.5, 10.5].map((seconds) => schedule.levelAt(seconds * SEC))
    expect(levels).toEqual([40, 120, 95, 200].map((level) => expect.closeTo(level)))
    expect(schedule.durationNs).toBe(11 * SEC)
  })
})
