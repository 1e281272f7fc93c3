import { describe, expect, it } from 'vitest'
import { parseObjective } from '../../src/config/index.ts'
import { capacitySettings, trialDurationNs, trialLoad } from '../../src/throughput/capacity-settings.ts'
import { type CapacityOptions, ThroughputTester } from '../../src/throughput/index.ts'

function objectiveOf(text: string) {
  const objective = parseObjective(text)
  if ('problem' in objective) throw new Error(objective.problem)
  return objective
}

const OPTIONS: CapacityOptions = { url: 'http://127.0.0.1:1/', objective: objectiveOf('p99<200ms,errors<0.1%') }

it.each<[string, Partial<CapacityOptions>, string]>([
  ['no objective', { objective: [] }, 'there is no objective'],
  ['an objective that is none', { objective: [{ metric: 'goodput', limit: 1 }] }, 'an objective limits quantiles'],
  ['a precision of nothing', { precisionRatio: 0 }, 'a precision must be from 0.5 % to 50 %'],
  ['a precision that is no number', { precisionRatio: Number.NaN }, 'a precision must be'],
  ['trials of nothing', { trialNs: 0 }, 'a trial must last 200 ms or longer'],
  ['no warm-up', { warmupNs: 0 }, 'a trial needs some warm-up'],
  [
    'less time than some trials take',
    { maxDurationNs: 10e9 },
    'the whole must last as long as 4 trials of 6 s at least',
  ],
  ['a highest rate of nothing', { maxRatePerSec: 0 }, 'rates must be from above 0 to 1000000/s'],
  ['more than anybody sends', { maxRatePerSec: 1e7 }, 'rates must be from above 0 to 1000000/s'],
  ['a first rate of nothing', { startRatePerSec: 0 }, 'the first rate must be above 0'],
  [
    'a first rate above the highest',
    { startRatePerSec: 100, maxRatePerSec: 50 },
    'the first rate, 100/s, is above the highest, 50/s',
  ],
  ['too few trials', { mostTrials: 3 }, 'trials must be a whole number from 4 to 100'],
  ['what no load could be', { threads: 0 }, 'threads must be a whole number'],
])('refuses %s', (_title, options, message) => {
  const make = () => new ThroughputTester({ ...OPTIONS, ...options })
  expect(make).toThrow(expect.objectContaining({ code: 'LOAD_INVALID', message: expect.stringContaining(message) }))
})

it('says all that is wrong at once', () => {
  const make = () => new ThroughputTester({ ...OPTIONS, objective: [], precisionRatio: 2, mostTrials: 1 })
  expect(make).toThrow(/no objective.*; a precision.*; trials must/)
})

describe('a trial', () => {
  it('lasts longer at a rate of few requests, and three times as long at most', () => {
    const settings = capacitySettings({ ...OPTIONS, trialNs: 5e9 })
    expect(trialDurationNs(settings, 1000, 1)).toBe(5e9)
    expect(trialDurationNs(settings, 1000, 2)).toBe(10e9)
    expect(trialDurationNs(settings, 100, 1)).toBe(10e9)
    expect(trialDurationNs(settings, 5, 1)).toBe(15e9)
  })

  it('bounds what waits for an overloaded target by time, and what takes too long by its limits', () => {
    const quick = capacitySettings(OPTIONS)
    expect(trialLoad(quick, { ratePerSec: 5000, durationNs: 5e9 })).toMatchObject({ maxInFlight: 5000, timeoutNs: 5e9 })
    const slow = capacitySettings({ ...OPTIONS, objective: objectiveOf('p50<2s') })
    expect(trialLoad(slow, { ratePerSec: 100, durationNs: 5e9 })).toMatchObject({ maxInFlight: 800, timeoutNs: 20e9 })
    const given = capacitySettings({ ...OPTIONS, timeoutNs: 30e9 })
    expect(trialLoad(given, { ratePerSec: 1, durationNs: 5e9 })).toMatchObject({ maxInFlight: 64, timeoutNs: 30e9 })
  })

  it('rises to its rate while it warms up', () => {
    const settings = capacitySettings({ ...OPTIONS, trialNs: 5e9 })
    expect(trialLoad(settings, { ratePerSec: 100, durationNs: 5e9 })).toMatchObject({
      loop: 'open',
      warmupNs: 1e9,
      phases: [
        { from: 10, to: 100, durationNs: 0.5e9 },
        { from: 100, to: 100, durationNs: 5.5e9 },
      ],
    })
  })
})
