import { describe, expect, it } from 'vitest'
import { CapacitySearch } from '../../src/throughput/capacity-search.ts'
import { contradictionIn } from '../../src/throughput/contradictions.ts'
import type { TrialEvidence } from '../../src/throughput/search-trials.ts'
import { randomOf, SETTINGS, tryModel } from './model-target.ts'

const RUNS = 80
const ENDS = { lowPerSec: 990, highPerSec: 1020 }

const tried = (...trials: readonly (readonly [ratePerSec: number, verdict: TrialEvidence['verdict']])[]) =>
  trials.map(([ratePerSec, verdict]) => ({ ratePerSec, verdict }))

describe('a contradiction', () => {
  it.each<[string, ReturnType<typeof tried>]>([
    ['trials that agree', tried([500, 'met'], [2000, 'broken'], [980, 'met'], [1030, 'broken'])],
    ['one that broke for reasons of its own', tried([500, 'broken'], [2000, 'broken'], [980, 'met'])],
    ['what is within the margin', tried([960, 'broken'], [970, 'broken'], [1050, 'met'], [1030, 'broken'])],
    ['what was undecided or unusable', tried([500, 'undecided'], [600, 'unusable'], [2000, 'undecided'])],
    ['nothing', []],
  ])('is none: %s', (_title, trials) => {
    expect(contradictionIn(trials, ENDS, 0.06)).toBeUndefined()
  })

  it('is a rate far above that was kept to, and says which came first', () => {
    const fell = tried([1500, 'met'], [1030, 'broken'], [980, 'met'])
    const told = { keptPerSec: 1500, brokenPerSec: 1030, lowPerSec: 990, highPerSec: 1500 }
    expect(contradictionIn(fell, ENDS, 0.06)).toEqual({ ...told, keptFirst: true })
    expect(contradictionIn(fell.toReversed(), ENDS, 0.06)).toEqual({ ...told, keptFirst: false })
  })

  it('is two rates far below that were not', () => {
    const rose = tried([700, 'broken'], [800, 'broken'], [980, 'met'], [1030, 'broken'])
    expect(contradictionIn(rose, ENDS, 0.06)).toEqual({
      keptPerSec: 980,
      brokenPerSec: 700,
      keptFirst: false,
      lowPerSec: 700,
      highPerSec: 1020,
    })
  })
})

/** Searches of a target that changes after some trials. @returns how many would be called valid, with a wrong answer and in all */
function calledValid(changesAfter: number, factor: number) {
  let [wrong, all] = [0, 0]
  for (let seed = 0; seed < RUNS; seed++) {
    const random = randomOf(seed)
    const search = new CapacitySearch({
      ...SETTINGS,
      lowestPerSec: 20,
      highestPerSec: 40_000,
      startPerSec: 980 + 40 * random(),
    })
    const trials: TrialEvidence[] = []
    for (let step = search.next(); step.kind === 'trial'; step = search.next()) {
      const capacityPerSec = 1000 * (trials.length < changesAfter ? 1 : factor)
      const target = { capacityPerSec, gradual: 0.003, surpriseRatio: 0.01, overloadedRatio: 1 }
      const trial = tryModel(target, step, random)
      trials.push(trial)
      search.add(trial)
    }
    const { answer } = search
    // One trial after the change is no more than one that says the opposite, or agrees with both.
    const hasChanged = trials.length > changesAfter + 1
    const isDoubted =
      answer.kind !== 'interval' || !search.isPrecise || contradictionIn(trials, answer, 0.06) !== undefined
    if (isDoubted) continue
    all++
    // Whoever was done before could not know.
    const expected = hasChanged ? 1000 * factor : 1000
    if (answer.kind === 'interval' && Math.abs(answer.valuePerSec / expected - 1) > 0.05) wrong++
  }
  return { wrong, all }
}

it('lets hardly a search of a target that loses capacity pass for a valid one, unless it has found what was left', () => {
  expect(calledValid(Number.POSITIVE_INFINITY, 1).all).toBeGreaterThanOrEqual(RUNS * 0.9)
  for (const [after, factor] of [
    [2, 0.67],
    [3, 0.67],
    [4, 0.67],
    [3, 0.8],
  ] as const) {
    expect(calledValid(after, factor).wrong, `${factor} after ${after}`).toBeLessThanOrEqual(RUNS * 0.06)
  }
})
