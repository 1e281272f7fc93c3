import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { CapacitySearch, type SearchSettings } from '../../src/throughput/capacity-search.ts'
import type { TrialEvidence } from '../../src/throughput/search-trials.ts'

/** A target as a search sees it: what a trial of some rate shows, with noise of known kinds. */
export interface ModelTarget {
  readonly capacityPerSec: number
  /** how gradually it breaks: of ln(rate) */
  readonly gradual: number
  /** how often a trial breaks that should not, and four times as often as one is kept to that should not be */
  readonly surpriseRatio: number
  /** what it still does when it is asked too much, of its capacity; absent: it is slow, and not short */
  readonly overloadedRatio?: number
  /** from here on the generator comes to its limit first */
  readonly unusableFromPerSec?: number
}

export const SETTINGS: SearchSettings = {
  precisionRatio: 0.03,
  startPerSec: 1000,
  startIsMeasured: true,
  lowestPerSec: 4,
  highestPerSec: 1_000_000,
  mostTrials: 11,
}

export function randomOf(seed: number): () => number {
  const generator = xoroshiro128plus(Math.imul(seed + 1, 0x9e3779b1))
  return () => uniformFloat64(generator)
}

/** What one trial of a model target shows. */
export function tryModel(
  { capacityPerSec, gradual, surpriseRatio, overloadedRatio, unusableFromPerSec }: ModelTarget,
  { ratePerSec, isConfirming }: Pick<TrialEvidence, 'ratePerSec' | 'isConfirming'>,
  random: () => number,
): TrialEvidence {
  if (unusableFromPerSec !== undefined && ratePerSec >= unusableFromPerSec) {
    return { ratePerSec, isConfirming, verdict: 'unusable', metRatio: 0.5 }
  }
  const distance = Math.log(capacityPerSec / ratePerSec)
  const keepsRatio = gradual === 0 ? Number(distance >= 0) : 1 / (1 + Math.exp(-distance / gradual))
  const isWithin = random() < keepsRatio
  const isSurprise = random() < (isWithin ? surpriseRatio : surpriseRatio / 4)
  const isKept = isWithin !== isSurprise
  if (isKept) return { ratePerSec, isConfirming, verdict: 'met', metRatio: 0.98 }
  const broken: TrialEvidence = { ratePerSec, isConfirming, verdict: 'broken', metRatio: 0.001 }
  const goodputPerSec = capacityPerSec * (overloadedRatio ?? 1) * (0.995 + 0.01 * random())
  const isShort = overloadedRatio !== undefined && goodputPerSec < 0.99 * ratePerSec
  return isShort ? { ...broken, overloadedGoodputPerSec: goodputPerSec } : broken
}

/** A whole search of it. */
export function searchModel(target: ModelTarget, settings: SearchSettings, seed: number) {
  const random = randomOf(seed)
  const search = new CapacitySearch(settings)
  const trials: TrialEvidence[] = []
  for (let step = search.next(); step.kind === 'trial'; step = search.next()) {
    const trial = tryModel(target, step, random)
    trials.push(trial)
    search.add(trial)
  }
  return { search, answer: search.answer, trials }
}
