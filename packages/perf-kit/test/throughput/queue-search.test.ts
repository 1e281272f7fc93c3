import { beforeAll, describe, expect, it } from 'vitest'
import { shareWithin } from '../../src/stats/index.ts'
import { CapacitySearch, type SearchStep } from '../../src/throughput/capacity-search.ts'
import type { TrialEvidence } from '../../src/throughput/search-trials.ts'
import { randomOf, SETTINGS } from './model-target.ts'

/** One server that takes 0.2 ms for each: M/D/1. */
const SERVICE_SEC = 0.0002
const LIMIT_SEC = 0.01
const BEYOND_RATIO = 0.01
/** From here on more than one in a hundred takes longer than 10 ms (Crommelin 1932; benches/peers/capacity/crommelin.ts). */
const TRUTH_PER_SEC = 4770.26
const TRIAL_SEC = 5
const WARMUP_SEC = 1
const SEARCHES = 100

type Trial = Extract<SearchStep, { kind: 'trial' }>

/** What a trial shows, as a punctual generator sees it. */
function tryQueue({ ratePerSec, isConfirming, lengthFactor }: Trial, random: () => number): TrialEvidence {
  const endSec = WARMUP_SEC + TRIAL_SEC * lengthFactor
  let [nowSec, freeAtSec, offered, beyond, inTime] = [0, 0, 0, 0, 0]
  for (;;) {
    nowSec -= Math.log(1 - random()) / ratePerSec
    if (nowSec > endSec) break
    freeAtSec = Math.max(nowSec, freeAtSec) + SERVICE_SEC
    if (freeAtSec >= WARMUP_SEC && freeAtSec <= endSec) inTime++
    if (nowSec < WARMUP_SEC) continue
    offered++
    if (freeAtSec - nowSec > LIMIT_SEC) beyond++
  }
  const metRatio = Math.min(shareWithin(beyond, offered, BEYOND_RATIO), Number(inTime + 2 >= 0.99 * offered))
  const evidence = { ratePerSec, isConfirming, metRatio }
  if (metRatio >= 0.9) return { ...evidence, verdict: 'met' }
  const isShort = inTime < 0.985 * offered
  return {
    ...evidence,
    verdict: metRatio <= 0.1 ? 'broken' : 'undecided',
    ...(isShort ? { overloadedGoodputPerSec: inTime / (endSec - WARMUP_SEC) } : {}),
  }
}

interface Seen {
  readonly within: number
  readonly covered: number
  readonly mostTrials: number
}

/** @param seedOf - of the arrivals of a trial */
function search(seedOf: (search: number, trial: number) => number): Seen {
  const found = Array.from({ length: SEARCHES }, (_, number) => {
    const own = new CapacitySearch({ ...SETTINGS, startPerSec: 0.98 / SERVICE_SEC })
    let trials = 0
    for (let step = own.next(); step.kind === 'trial'; step = own.next()) {
      own.add(tryQueue(step, randomOf(seedOf(number, trials))))
      trials++
    }
    return { answer: own.answer, trials }
  })
  const intervals = found.flatMap(({ answer }) => (answer.kind === 'interval' ? [answer] : []))
  const share = (is: (answer: (typeof intervals)[number]) => boolean): number => intervals.filter(is).length / SEARCHES
  return {
    within: share(({ valuePerSec }) => Math.abs(valuePerSec / TRUTH_PER_SEC - 1) <= 0.03),
    covered: share(({ lowPerSec, highPerSec }) => lowPerSec <= TRUTH_PER_SEC && highPerSec >= TRUTH_PER_SEC),
    mostTrials: Math.max(...found.map(({ trials }) => trials)),
  }
}

describe('a search, of a queue whose waiting times are known by theory,', () => {
  let other: Seen
  let same: Seen

  beforeAll(() => {
    other = search((number, trial) => 1000 * number + trial)
    same = search((number) => 1000 * number)
  })

  it('finds where one in a hundred begins to wait too long, and its intervals hold it', () => {
    expect(other.within).toBeGreaterThanOrEqual(0.95)
    expect(other.covered).toBeGreaterThanOrEqual(0.88)
    expect(other.mostTrials).toBeLessThanOrEqual(12)
  })

  it('is surer than it may be where all trials have the same arrivals, which is why they have not', () => {
    expect(same.covered).toBeLessThan(other.covered - 0.1)
  })
})
