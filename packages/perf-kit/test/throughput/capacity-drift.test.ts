import { describe, expect, it } from 'vitest'
import { capacityDrift } from '../../src/throughput/capacity-drift.ts'
import { CapacitySearch } from '../../src/throughput/capacity-search.ts'
import { type ModelTarget, randomOf, SETTINGS, tryModel } from './model-target.ts'

const RUNS = 200

/** Searches of a target whose capacity changes after some trials. @returns how many saw a drift */
function seenIn(target: ModelTarget, changes: (trial: number) => number): number {
  let seen = 0
  for (let seed = 0; seed < RUNS; seed++) {
    const random = randomOf(seed)
    const search = new CapacitySearch(SETTINGS)
    const trials = []
    for (let step = search.next(); step.kind === 'trial'; step = search.next()) {
      const capacityPerSec = target.capacityPerSec * changes(trials.length)
      const trial = tryModel({ ...target, capacityPerSec }, step, random)
      trials.push(trial)
      search.add(trial)
    }
    if (capacityDrift(trials, 0.06) !== undefined) seen++
  }
  return seen
}

describe('a drift', () => {
  const sharp: ModelTarget = { capacityPerSec: 1000, gradual: 0.003, surpriseRatio: 0, overloadedRatio: 1 }

  it('is seldom seen where there is none, however noisy the target', () => {
    expect(seenIn(sharp, () => 1)).toBeLessThanOrEqual(RUNS * 0.02)
    expect(seenIn({ ...sharp, surpriseRatio: 0.05 }, () => 1)).toBeLessThanOrEqual(RUNS * 0.05)
  })

  it('is mostly seen where a third of the capacity is lost half way', () => {
    expect(seenIn(sharp, (trial) => (trial < 4 ? 1 : 0.67))).toBeGreaterThanOrEqual(RUNS * 0.5)
  })

  it('tells from what to what', () => {
    const say = (ratePerSec: number, isMet: boolean) => ({ ratePerSec, metRatio: isMet ? 0.99 : 0.001 })
    const drift = capacityDrift(
      [say(900, true), say(1000, true), say(1100, false), say(900, false), say(700, false), say(600, true), say(650, false)],
      0.06,
    )
    expect(drift?.beforePerSec).toBeGreaterThan(950)
    expect(drift?.afterPerSec).toBeLessThan(700)
    expect(drift?.lowPerSec).toBeLessThan(650)
    expect(drift?.highPerSec).toBeGreaterThan(1000)
  })

  it('takes more than three trials', () => {
    expect(capacityDrift([{ ratePerSec: 1, metRatio: 1 }], 0.06)).toBeUndefined()
    expect(capacityDrift([], 0.06)).toBeUndefined()
  })
})
