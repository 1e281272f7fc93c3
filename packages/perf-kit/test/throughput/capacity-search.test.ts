import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CapacitySearch, type SearchSettings } from '../../src/throughput/capacity-search.ts'
import type { TrialEvidence } from '../../src/throughput/search-trials.ts'
import { type ModelTarget, randomOf, SETTINGS, searchModel } from './model-target.ts'

const RUNS = 120
const EXACT: ModelTarget = { capacityPerSec: 1000, gradual: 0, surpriseRatio: 0, overloadedRatio: 1 }

/** Capacities from 100/s to 10,000/s, and what clients got out of such a target before: near it, or far from it. */
function simulate(target: Omit<ModelTarget, 'capacityPerSec'>, probe: (random: () => number) => number) {
  const random = randomOf(4711)
  const found = Array.from({ length: RUNS }, (_, seed) => {
    const capacityPerSec = 100 * 100 ** random()
    const settings = {
      ...SETTINGS,
      lowestPerSec: 20,
      highestPerSec: 40_000,
      startPerSec: capacityPerSec * probe(random),
    }
    const { answer, trials, search } = searchModel({ ...target, capacityPerSec }, settings, seed)
    const off = answer.kind === 'interval' ? Math.abs(answer.valuePerSec / capacityPerSec - 1) : 1
    const isCovered =
      answer.kind === 'interval' && answer.lowPerSec <= capacityPerSec && answer.highPerSec >= capacityPerSec
    // The probe is a trial too.
    return { off, isCovered, trials: trials.length + 1, isPrecise: search.isPrecise }
  })
  const share = (is: (one: (typeof found)[number]) => boolean): number => found.filter(is).length / RUNS
  return {
    within: share(({ off }) => off <= 0.03),
    covered: share(({ isCovered }) => isCovered),
    precise: share(({ isPrecise }) => isPrecise),
    precisely: share(({ isPrecise, off }) => !isPrecise || off <= 0.03),
    mean: found.reduce((sum, { trials }) => sum + trials, 0) / RUNS,
    most: Math.max(...found.map(({ trials }) => trials)),
  }
}

const nearby = (random: () => number): number => 0.97 + 0.06 * random()
const anywhere = (random: () => number): number => 0.3 * 10 ** random()

describe('a search, of many targets whose capacity is known,', () => {
  it('finds a sharp one to 3 % nearly always, in few trials where the probe was near', () => {
    const seen = simulate({ gradual: 0, surpriseRatio: 0, overloadedRatio: 1 }, nearby)
    expect(seen).toMatchObject({ precise: 1 })
    expect(seen.within).toBeGreaterThanOrEqual(0.99)
    expect(seen.mean).toBeLessThanOrEqual(7)
    expect(seen.most).toBeLessThanOrEqual(12)
  })

  it('finds it as well from a probe that was far off, with what the target did when it was asked too much', () => {
    const seen = simulate({ gradual: 0.002, surpriseRatio: 0, overloadedRatio: 1 }, anywhere)
    expect(seen.within).toBeGreaterThanOrEqual(0.98)
    expect(seen.mean).toBeLessThanOrEqual(10)
    expect(seen.most).toBeLessThanOrEqual(12)
  })

  it('finds it where one trial in thirty says the opposite, or says that it has not', () => {
    const seen = simulate({ gradual: 0.005, surpriseRatio: 0.033, overloadedRatio: 1 }, nearby)
    expect(seen.within).toBeGreaterThanOrEqual(0.95)
    expect(seen.precisely).toBeGreaterThanOrEqual(0.95)
    expect(seen.most).toBeLessThanOrEqual(12)
  })

  it('finds it where nothing but slowness tells, or says that it has not', () => {
    const seen = simulate({ gradual: 0.004, surpriseRatio: 0.01 }, (random) => 1 + random())
    expect(seen.within).toBeGreaterThanOrEqual(0.9)
    expect(seen.precisely).toBeGreaterThanOrEqual(0.95)
  })

  it('is not misled by a target that does much less when it is asked too much', () => {
    const seen = simulate({ gradual: 0.002, surpriseRatio: 0, overloadedRatio: 0.7 }, nearby)
    expect(seen.precisely).toBeGreaterThanOrEqual(0.95)
  })

  it('tells of a gradual target by a wide interval that mostly holds it', () => {
    const seen = simulate({ gradual: 0.05, surpriseRatio: 0.03, overloadedRatio: 1 }, nearby)
    expect(seen.covered).toBeGreaterThanOrEqual(0.7)
    expect(seen.precise).toBeLessThanOrEqual(0.8)
  })
})

/** What a scripted target would say: kept up to a rate, whatever else. */
function drive(
  settings: SearchSettings,
  say: (trial: TrialEvidence, number: number) => TrialEvidence,
): TrialEvidence[] {
  const search = new CapacitySearch(settings)
  const trials: TrialEvidence[] = []
  for (let step = search.next(); step.kind === 'trial'; step = search.next()) {
    const { ratePerSec, isConfirming } = step
    const trial = say({ ratePerSec, isConfirming, verdict: 'met', metRatio: 0.99 }, trials.length)
    trials.push(trial)
    search.add(trial)
  }
  return trials
}

const broken = (trial: TrialEvidence): TrialEvidence => ({ ...trial, verdict: 'broken', metRatio: 0 })
const GIVEN: SearchSettings = { ...SETTINGS, startPerSec: 100, startIsMeasured: false }

describe('a search', () => {
  it('doubles from a rate that somebody chose until something breaks', () => {
    const trials = drive(GIVEN, (trial) => (trial.ratePerSec > 1000 ? broken(trial) : trial))
    expect(trials.slice(0, 5).map(({ ratePerSec }) => ratePerSec)).toEqual([100, 200, 400, 800, 1600])
    expect(trials[5]?.ratePerSec).toBeGreaterThan(800)
    expect(trials[5]?.ratePerSec).toBeLessThan(1600)
  })

  it('has a longer trial confirm the low end', () => {
    const { answer, trials } = searchModel(EXACT, SETTINGS, 1)
    expect(trials.filter(({ isConfirming }) => isConfirming)).toMatchObject([{ verdict: 'met' }])
    expect(answer).toMatchObject({ kind: 'interval', isConfirmed: true })
    if (answer.kind === 'interval') expect(answer.highPerSec / answer.lowPerSec).toBeLessThanOrEqual(1.03001)
  })

  it.each([0, 1, 3])('lets no single trial decide: number %i broke by chance, and is overturned', (wrong) => {
    const settings = { ...GIVEN, mostTrials: 25 }
    const trials = drive(settings, (trial, number) =>
      number === wrong || trial.ratePerSec > 1000 ? broken(trial) : trial,
    )
    const search = new CapacitySearch(settings)
    for (const trial of trials) search.add(trial)
    expect(search.answer).toMatchObject({ kind: 'interval' })
    if (search.answer.kind === 'interval') expect(Math.abs(search.answer.valuePerSec / 1000 - 1)).toBeLessThan(0.03)
  })

  it('goes on searching when the longer trial does not confirm', () => {
    let confirmations = 0
    const trials = drive({ ...SETTINGS, mostTrials: 20 }, (trial) => {
      if (trial.isConfirming && confirmations++ === 0) return broken(trial)
      return trial.ratePerSec > 1000 ? broken(trial) : trial
    })
    const first = trials.findIndex(({ isConfirming }) => isConfirming)
    expect(trials[first]?.verdict).toBe('broken')
    expect(trials.slice(first + 1).filter(({ isConfirming }) => isConfirming)).toMatchObject([{ verdict: 'met' }])
  })

  it('says “at least” where the generator comes to its limit first, and confirms it', () => {
    const { answer, trials } = searchModel(
      { ...EXACT, capacityPerSec: 1e9, unusableFromPerSec: 30_000 },
      { ...GIVEN, startPerSec: 1000 },
      1,
    )
    expect(answer).toMatchObject({
      kind: 'atLeast',
      isConfirmed: true,
      because: expect.stringContaining('the generator'),
    })
    if (answer.kind === 'atLeast') {
      expect(answer.perSec).toBeLessThan(30_000)
      expect(answer.perSec).toBeGreaterThanOrEqual(20_000)
    }
    expect(trials.at(-1)).toMatchObject({ isConfirming: true, verdict: 'met' })
  })

  it('tries what was unusable at the beginning once more, and then half of it', () => {
    const trials = drive(GIVEN, (trial, number) =>
      number < 3 ? { ...trial, verdict: 'unusable', metRatio: 0.5 } : trial,
    )
    expect(trials.slice(0, 5).map(({ ratePerSec }) => ratePerSec)).toEqual([100, 100, 50, 50, 70.71])
  })

  it('goes on above a rate that was unusable once, and kept to later', () => {
    const trials = drive(GIVEN, (trial, number) =>
      number === 3 ? { ...trial, verdict: 'unusable', metRatio: 0.5 } : trial.ratePerSec > 3000 ? broken(trial) : trial,
    )
    expect(trials.slice(0, 5).map(({ ratePerSec }) => ratePerSec)).toEqual([100, 200, 400, 800, 565.7])
    expect(trials.some(({ ratePerSec }) => ratePerSec > 1500)).toBe(true)
  })

  it('finds a capacity below what is unusable', () => {
    const settings = { ...GIVEN, mostTrials: 20 }
    const { answer } = searchModel({ ...EXACT, capacityPerSec: 1500, unusableFromPerSec: 3000 }, settings, 1)
    expect(answer.kind).toBe('interval')
    if (answer.kind === 'interval') expect(answer.valuePerSec / 1500).toBeCloseTo(1, 1)
  })

  it('says “at least” at the highest rate that there may be', () => {
    const { answer, trials } = searchModel({ ...EXACT, capacityPerSec: 1e9 }, { ...GIVEN, highestPerSec: 900 }, 1)
    expect(trials.map(({ ratePerSec }) => ratePerSec)).toEqual([100, 200, 400, 800, 900, 900])
    expect(answer).toMatchObject({
      kind: 'atLeast',
      perSec: 900,
      isConfirmed: true,
      because: 'no higher rate was to be tried',
    })
  })

  it('goes down in growing steps where nothing is kept to, and says the lowest rate that it has tried, twice', () => {
    const trials = drive(SETTINGS, broken)
    expect(trials.length).toBeLessThanOrEqual(9)
    expect(trials.slice(-2).map(({ ratePerSec }) => ratePerSec)).toEqual([4, 4])
    const search = new CapacitySearch(SETTINGS)
    for (const trial of trials) search.add(trial)
    expect(search.answer).toMatchObject({ kind: 'below', perSec: 4 })
  })

  it('gives up on a machine on which four trials in a row are unusable', () => {
    const trials = drive(GIVEN, (trial, number) =>
      number < 2 ? trial : { ...trial, verdict: 'unusable', metRatio: 0.5 },
    )
    expect(trials.length).toBe(6)
  })

  it('tries longer where a trial was undecided', () => {
    const search = new CapacitySearch(GIVEN)
    search.add({ ratePerSec: 100, isConfirming: false, verdict: 'undecided', metRatio: 0.5 })
    expect(search.next()).toMatchObject({ ratePerSec: 100, lengthFactor: 2 })
  })

  it('knows nothing before it has tried', () => {
    expect(new CapacitySearch(SETTINGS).answer).toEqual({ kind: 'unknown', because: 'no trial has decided anything' })
  })

  it('confirms with the last trial that there is time for', () => {
    const search = new CapacitySearch(SETTINGS)
    search.add({ ratePerSec: 800, isConfirming: false, verdict: 'met', metRatio: 0.99 })
    search.add({ ratePerSec: 1200, isConfirming: false, verdict: 'broken', metRatio: 0 })
    expect(search.next()).toMatchObject({ isConfirming: false })
    expect(search.next(true)).toMatchObject({ isConfirming: true })
  })

  it('ends, within its trials and its rates, whatever trials say', () => {
    const verdicts = fc.constantFrom<TrialEvidence['verdict']>('met', 'broken', 'undecided', 'unusable')
    fc.assert(
      fc.property(fc.array(verdicts, { minLength: 40, maxLength: 40 }), fc.boolean(), (said, startIsMeasured) => {
        const settings = { ...SETTINGS, startIsMeasured, lowestPerSec: 10, highestPerSec: 20_000 }
        const trials = drive(settings, (trial, number) => {
          const verdict = said[number] ?? 'met'
          const metRatio = verdict === 'met' ? 0.99 : verdict === 'broken' ? 0 : 0.5
          return { ...trial, verdict, metRatio }
        })
        expect(trials.length).toBeLessThanOrEqual(settings.mostTrials)
        for (const { ratePerSec } of trials) {
          expect(ratePerSec).toBeGreaterThanOrEqual(10)
          expect(ratePerSec).toBeLessThanOrEqual(20_000)
        }
        const search = new CapacitySearch(settings)
        for (const trial of trials) search.add(trial)
        const { answer } = search
        if (answer.kind !== 'interval') return
        expect(answer.lowPerSec).toBeLessThanOrEqual(answer.valuePerSec)
        expect(answer.valuePerSec).toBeLessThanOrEqual(answer.highPerSec)
      }),
      { numRuns: 60, seed: 3 },
    )
  })
})
