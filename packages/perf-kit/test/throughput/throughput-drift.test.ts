import { describe, expect, it } from 'vitest'
import { throughputDrift } from '../../src/throughput/index.ts'
import { seededUniform } from '../stats/random.ts'

/** Seconds of 1000 or so, each like the one before it. */
function seconds(count: number, seed: number, levelAt: (shareRatio: number) => number = () => 1): number[] {
  const random = seededUniform(seed)
  let wave = 0
  return Array.from({ length: count }, (_, index) => {
    wave = 0.6 * wave + 20 * (random() - 0.5)
    return Math.round(1000 * levelAt(index / (count - 1)) + wave)
  })
}

describe('throughputDrift', () => {
  it('calls a throughput steady that goes up and down, and stays where it is', () => {
    for (let seed = 1; seed <= 40; seed++) expect(throughputDrift(seconds(120, seed)).state).toBe('steady')
    for (let seed = 1; seed <= 5; seed++) expect(throughputDrift(seconds(3_600, seed)).state).toBe('steady')
  })

  it('sees a drift of a tenth in either direction, and by how much', () => {
    const down = throughputDrift(seconds(120, 1, (share) => 1 - 0.1 * share))
    expect(down).toMatchObject({
      state: 'drifting',
      because: expect.stringMatching(/^it gets less all the time, by 1[01](\.\d)? % in all$|by 9/),
    })
    expect(down.change?.lowRatio).toBeLessThan(-0.1)
    expect(down.change?.highRatio).toBeGreaterThan(-0.11)
    expect(throughputDrift(seconds(3_600, 2, (share) => 1 + 0.1 * share))).toMatchObject({
      state: 'drifting',
      because: expect.stringContaining('more all the time'),
    })
  })

  it('asks for more than counts: 2 % in an hour are a trend, and no drift', () => {
    const seen = throughputDrift(seconds(3_600, 3, (share) => 1 - 0.02 * share))
    expect(seen.pRatio).toBeLessThan(0.01)
    expect(seen.state).toBe('steady')
    expect(
      throughputDrift(
        seconds(3_600, 3, (share) => 1 - 0.02 * share),
        0.01,
      ).state,
    ).toBe('drifting')
  })

  it('does not call it a drift when it has fallen once, and stands still since', () => {
    for (let seed = 1; seed <= 40; seed++) {
      expect(throughputDrift(seconds(120, seed, (share) => (share < 0.3 ? 1 : 0.8))).state).toBe('undecided')
    }
    expect(throughputDrift(seconds(120, 4, (share) => Math.max(0.8, 1 - 0.4 * share)))).toMatchObject({
      state: 'undecided',
      because: 'it has changed, and stands still in the last half',
    })
  })

  it('is not misled by a single pause', () => {
    const own = seconds(120, 5)
    own[60] = 0
    expect(throughputDrift(own).state).toBe('steady')
  })

  it('says that it does not know, of few seconds, of wild ones, and of none that succeeded', () => {
    expect(throughputDrift([900, 1000, 1100, 1000, 900])).toEqual({
      state: 'undecided',
      because: '5 seconds are too few: 6 at least',
    })
    expect(throughputDrift([100, 900, 300, 1200, 50, 800, 400, 1100])).toMatchObject({
      state: 'undecided',
      because: 'it goes up and down too much to tell',
    })
    expect(throughputDrift([0, 0, 0, 0, 0, 0, 7])).toMatchObject({
      state: 'undecided',
      because: 'nothing succeeded in most seconds',
    })
  })
})
