import { describe, expect, it } from 'vitest'
import { drawnSecOf, SecondPlacing } from '../../src/soak/second-placing.ts'
import { type ClockLeads, ClockWatch } from '../../src/soak/soak-clock.ts'

const SEC = 1e9
const LONG = 1e5 * SEC

/** Clocks that stay as they are until they are told otherwise. */
function placingFrom(at: number, scheduleNs = LONG) {
  let leads: ClockLeads = { bootNs: 0, wallNs: 0 }
  const place = { fromAt: at, scheduleNs, plannedNs: 600 * SEC }
  const placing = new SecondPlacing(place, new ClockWatch(() => leads))
  return {
    placing,
    suspend: (seconds: number) => {
      leads = { bootNs: (leads.bootNs ?? 0) + seconds * SEC, wallNs: leads.wallNs + seconds * SEC }
    },
    set: (seconds: number) => {
      leads = { ...leads, wallNs: leads.wallNs + seconds * SEC }
    },
  }
}

const onTime = (second: number) => ({ second, untilNs: (second + 1.02) * SEC })

describe('the seconds of a soak', () => {
  it('follow each other from where the part begins', () => {
    const { placing } = placingFrom(100)
    const placed = [0, 1, 2].map((second) => placing.place(onTime(second)))
    expect(placed).toEqual([100, 101, 102].map((at) => ({ at, isGap: false, isWhole: true, events: [] })))
  })

  it('are none while this process was stopped: they are told all at once when it goes on', () => {
    const { placing } = placingFrom(0)
    placing.place(onTime(0))
    // Stopped from 1.3 s to 5.4 s.
    const told = [1, 2, 3, 4, 5, 6].map((second) =>
      placing.place({ second, untilNs: Math.max(5.4, second + 1.02) * SEC }),
    )
    expect(told.map(({ at }) => at)).toEqual([1, 2, 3, 4, 5, 6])
    expect(told.map(({ isGap }) => isGap)).toEqual([true, true, true, true, true, false])
    expect(told.flatMap(({ events }) => events)).toEqual([
      { type: 'gap', at: 1, kind: 'stopped', lastedNs: 4.4 * SEC, drawnSec: 5 },
    ])
  })

  it('are seconds all the same when they are told half a second late', () => {
    const { placing } = placingFrom(0)
    expect(placing.place({ second: 0, untilNs: 1.9 * SEC })).toEqual({
      at: 0,
      isGap: false,
      isWhole: true,
      events: [],
    })
  })

  it('leave room for a suspension, and not more than can be seen', () => {
    const { placing, suspend } = placingFrom(0)
    placing.place(onTime(0))
    suspend(20)
    const after = placing.place(onTime(1))
    expect(after).toMatchObject({ at: 21, isGap: false })
    expect(after.events).toEqual([{ type: 'gap', at: 1, kind: 'suspended', lastedNs: 20 * SEC, drawnSec: 20 }])
    suspend(8 * 3600)
    expect(placing.place(onTime(2)).at).toBe(82)
    expect(placing.place(onTime(3)).at).toBe(83)
  })

  it('do not care for a clock that is set, and tell of it', () => {
    const { placing, set } = placingFrom(0)
    placing.place(onTime(0))
    set(-3600)
    expect(placing.place(onTime(1))).toEqual({
      at: 1,
      isGap: false,
      isWhole: true,
      events: [{ type: 'clock', at: 1, byNs: -3600 * SEC }],
    })
  })

  it('are none when there is only a piece of one, or when they come after the end', () => {
    const { placing } = placingFrom(0, 2 * SEC)
    const placed = [{ second: 0, untilNs: 0.3 * SEC }, onTime(1), onTime(2)].map((second) => placing.place(second))
    expect(placed.map(({ isWhole }) => isWhole)).toEqual([false, true, false])
    expect(placed.map(({ isGap }) => isGap)).toEqual([false, false, false])
  })

  it('leave nearly nothing of the one in which it goes on out, but not of one that it goes on at the beginning of', () => {
    const { placing } = placingFrom(0)
    placing.place(onTime(0))
    const told = [1, 2, 3, 4].map((second) => placing.place({ second, untilNs: Math.max(3.1, second + 1.02) * SEC }))
    expect(told.map(({ isGap }) => isGap)).toEqual([true, true, false, false])
  })
})

describe('a gap between parts', () => {
  it('is as long as it was, a minute at most', () => {
    expect([0.1, 20, 5000].map((seconds) => drawnSecOf(seconds * SEC, 100, 600 * SEC))).toEqual([1, 20, 60])
  })

  it('is a whole minute of the charts of a long soak, at least', () => {
    const day = 86_400 * SEC
    expect([0, 1, 59, 60].map((at) => at + drawnSecOf(SEC, at, day))).toEqual([60, 120, 120, 120])
  })
})
