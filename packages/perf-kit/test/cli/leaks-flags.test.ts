import { describe, expect, it } from 'vitest'
import { huntingOptions, type LeaksFlags } from '../../src/cli/leaks-flags.ts'
import { rampOption } from '../../src/cli/level-options.ts'
import { planLoad } from '../../src/load/index.ts'

const WATCH = { step: 'watch', durationNs: 60e9 } as const
const SNAPSHOTS = { step: 'snapshots', durationNs: 1e9, clients: 2 } as const

function planOf(flags: LeaksFlags, wish: Parameters<typeof huntingOptions>[3]) {
  return planLoad(huntingOptions('http://127.0.0.1:1/', flags, {}, wish))
}

describe('the loads of a hunt', () => {
  it('are ten clients, a hundred requests a second each, where flags say nothing', () => {
    expect(planOf({}, WATCH)).toMatchObject({
      traffic: { loop: 'closed', clients: [{ from: 10, to: 10, durationNs: 60e9 }], thinkNs: 10e6 },
      warmupNs: 0,
    })
  })

  it('are what flags say, and do not wait where they do not', () => {
    expect(planOf({ clients: rampOption('4'), warmup: 1e9 }, WATCH)).toMatchObject({
      traffic: { loop: 'closed', clients: [{ from: 4, to: 4 }], thinkNs: 0 },
      warmupNs: 1e9,
    })
    expect(planOf({ rate: rampOption('500'), arrivals: 'poisson', seed: 7, connections: 3 }, WATCH)).toMatchObject({
      traffic: { loop: 'open', ratePerSec: [{ from: 500, to: 500 }], arrivals: 'poisson', seed: 7, maxConnections: 3 },
    })
  })

  it.each([
    ['nothing', {}],
    ['clients', { clients: rampOption('40'), warmup: 1e9 }],
    ['a rate', { rate: rampOption('500'), arrivals: 'poisson', seed: 7, connections: 3 }],
  ] as const)('are few clients between snapshots, also where flags say %s', (_title, flags) => {
    expect(planOf(flags, SNAPSHOTS)).toMatchObject({
      traffic: { loop: 'closed', clients: [{ from: 2, to: 2, durationNs: 1e9 }], thinkNs: 0 },
      warmupNs: 0,
    })
  })

  it('are refused where they would become more, or have parts that do not go together', () => {
    expect(() => planOf({ rate: rampOption('1..10@5s') }, WATCH)).toThrow('under a load that becomes more')
    expect(() => planOf({ connections: 3 }, WATCH)).toThrow('are for a rate')
  })
})
