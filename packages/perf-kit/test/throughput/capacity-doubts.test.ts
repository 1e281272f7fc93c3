import { describe, expect, it } from 'vitest'
import type { CapacityTrial } from '../../src/run/index.ts'
import { validityOf } from '../../src/throughput/capacity-doubts.ts'
import { CapacitySearch } from '../../src/throughput/capacity-search.ts'
import { capacitySettings } from '../../src/throughput/capacity-settings.ts'
import { SETTINGS } from './model-target.ts'
import { optionsOf } from './short-search.ts'

const URL = 'http://127.0.0.1:9/'
const INTERVAL = {
  kind: 'interval',
  valuePerSec: 1000,
  lowPerSec: 985,
  highPerSec: 1010,
  coverageRatio: 0.95,
  isConfirmed: true,
} as const

function trial(ratePerSec: number, more: Partial<CapacityTrial>): CapacityTrial {
  return {
    phase: 'search',
    ratePerSec,
    fromNs: 0,
    durationNs: 5e9,
    offeredPerSec: ratePerSec,
    goodputPerSec: ratePerSec,
    requests: 5 * ratePerSec,
    errorRatio: 0,
    notSentRatio: 0,
    responseTimeP50Ns: 1e6,
    responseTimeP99Ns: 2e6,
    sendLagP99Ns: 0.1e6,
    verdict: 'broken',
    metRatio: 0,
    reasons: ['p99 was 300 ms'],
    ...more,
  }
}

function reasonsOf(trials: readonly CapacityTrial[]): string[] {
  const settings = capacitySettings(optionsOf(URL, 'p99<200ms'))
  const search = new CapacitySearch(SETTINGS)
  const facts = {
    ...{ suite: 'capacity', configuration: 'default', source: { commit: null, dirty: false } },
    ...{ startedAt: new Date(0), durationNs: 60e9, subject: 'GET /', ending: { kind: 'done' } as const },
    ...{ settings, search, trials, notes: [] },
  }
  return validityOf(facts, INTERVAL, undefined).reasons
}

describe('the answer of a search is doubted', () => {
  it('where others took more than a tenth of the machine while a rate near it was not kept to', () => {
    const trials = [trial(1005, { othersRatio: 0.38 }), trial(1001, { othersRatio: 0.02 })]
    expect(reasonsOf(trials)).toEqual([
      'other programs took up to 38 % of the machine at 1 of the 2 trials that say that it does no more: the target alone may do more, so measure again when it is quiet',
    ])
  })

  it('and not where they took less, or it was kept to all the same, or the rate is far from it', () => {
    expect(reasonsOf([trial(1005, { othersRatio: 0.09 })])).toEqual([])
    expect(reasonsOf([trial(1005, { othersRatio: 0.5, verdict: 'met' })])).toEqual([])
    expect(reasonsOf([trial(2000, { othersRatio: 0.5 })])).toEqual([])
    expect(reasonsOf([trial(1005, {})])).toEqual([])
  })

  it('where the generator came late to rates near it', () => {
    const [reason] = reasonsOf([trial(1005, { sendLagP99Ns: 4e6 })])
    expect(reason).toContain('the generator came late in 1 of the trials near the boundary (p99 up to 4.0 ms)')
  })
})
