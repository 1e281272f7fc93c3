import { describe, expect, it } from 'vitest'
import { type ClockLeads, ClockWatch } from '../../src/soak/soak-clock.ts'

const SEC = 1e9

/** A watch whose clocks say one after the other what is scripted. */
function watchOf(...leads: readonly ClockLeads[]): ClockWatch {
  const left = [...leads]
  return new ClockWatch(() => left.shift() ?? { bootNs: 0, wallNs: 0 })
}

describe('the clocks of a machine', () => {
  it('tell nothing while they go alike, to a second', () => {
    const watch = watchOf(
      { bootNs: 0, wallNs: 100 * SEC },
      { bootNs: 0.01 * SEC, wallNs: 100.9 * SEC },
      { bootNs: 0, wallNs: 100 * SEC },
    )
    expect([watch.look(), watch.look()]).toEqual([[], []])
  })

  it('tell of a machine that was suspended: both went on, and ours did not', () => {
    const watch = watchOf({ bootNs: 0, wallNs: 0 }, { bootNs: 3600 * SEC, wallNs: 3600.5 * SEC })
    expect(watch.look()).toEqual([{ kind: 'suspended', byNs: 3600 * SEC }])
    expect(watchOf({ bootNs: 0, wallNs: 0 }).look()).toEqual([])
  })

  it.each([
    ['forward', 7200],
    ['back', -7200],
  ])('tell of a clock that was set %s, which is no suspension', (_, seconds) => {
    const watch = watchOf({ bootNs: 0, wallNs: 0 }, { bootNs: 0, wallNs: seconds * SEC })
    expect(watch.look()).toEqual([{ kind: 'clockSet', byNs: seconds * SEC }])
  })

  it('tell of both, when a clock was set while the machine was suspended', () => {
    const watch = watchOf({ bootNs: 0, wallNs: 0 }, { bootNs: 60 * SEC, wallNs: 3660 * SEC })
    expect(watch.look()).toEqual([
      { kind: 'suspended', byNs: 60 * SEC },
      { kind: 'clockSet', byNs: 3600 * SEC },
    ])
  })

  it('take a time of day that is far ahead for a suspension where the system tells of none', () => {
    const ahead = watchOf({ bootNs: undefined, wallNs: 0 }, { bootNs: undefined, wallNs: 600 * SEC })
    expect(ahead.look()).toEqual([{ kind: 'suspended', byNs: 600 * SEC }])
    const back = watchOf({ bootNs: undefined, wallNs: 0 }, { bootNs: undefined, wallNs: -600 * SEC })
    expect(back.look()).toEqual([{ kind: 'clockSet', byNs: -600 * SEC }])
  })

  it('are read from this machine, where nothing has happened', () => {
    const watch = new ClockWatch()
    expect(watch.look()).toEqual([])
  })
})
