import type { LoadResult, SampledRequest, TargetStandstills } from '../load/index.ts'
import type { Interval } from '../run/index.ts'
import { ratioOfSums } from '../stats/index.ts'
import { episodesOf } from './episodes.ts'
import { partsOf } from './request-parts.ts'
import { Standstills } from './standstills.ts'

const SLOW_FROM_PERCENTILE = 99
/** The middle half: what a request is like that nothing happened to. */
const TYPICAL_FROM_RATIO = 0.25
const TYPICAL_TO_RATIO = 0.75
/** Of fewer, no share is worth telling. */
const FEWEST_REQUESTS = 10
/** Of fewer, an interval is a guess. */
const FEWEST_EPISODES = 10
const CONFIDENCE_RATIO = 0.95

/** One kind of time in slow requests. */
export interface SlowPart {
  /** as `RequestParts` has it */
  readonly name: string
  /** of the slow requests' time; without an interval when they came in too few episodes */
  readonly share: ShareOfTime
  /** of what they took longer than typical ones: what made them slow. Below 0 for what took less than usually */
  readonly excess: ShareOfTime
}

export interface ShareOfTime {
  readonly ratio: number
  readonly interval?: Interval
}

/** Where the time of the slowest hundredth went. */
export interface SlowRequests {
  /** response time from which on a request is a slow one */
  readonly fromNs: number
  /** in the sample */
  readonly count: number
  /** groups of them that were under way together: what counts as one observation */
  readonly episodes: number
  /** share of the sampled slow requests whose target told of more time than there was */
  readonly scaledRatio: number
  /** what explains most of the excess first */
  readonly parts: readonly SlowPart[]
}

/** @returns `undefined` when there are too few slow requests to say anything of them */
export function explainSlowRequests(result: LoadResult, inside?: TargetStandstills): SlowRequests | undefined {
  if (result.response.totalCount === 0) return undefined
  return explainSample(result.sample, result.response.getValueAtPercentile(SLOW_FROM_PERCENTILE), inside)
}

/**
 * @param slowFromNs - response time at which the slowest hundredth begins
 * @param inside - when the target stood still, where somebody looked inside
 */
export function explainSample(
  sample: readonly SampledRequest[],
  slowFromNs: number,
  inside?: TargetStandstills,
): SlowRequests | undefined {
  const standstills = new Standstills(inside)
  const byTime = sample.toSorted((left, right) => responseNs(left) - responseNs(right))
  // Not all that are slower: the bucket in which the percentile lies belongs to it, and answers may all be equal.
  const fastest = Math.floor((byTime.length * SLOW_FROM_PERCENTILE) / 100)
  const slow = byTime.slice(fastest)
  if (slow.length < FEWEST_REQUESTS) return undefined
  const typical = meanParts(
    byTime.slice(Math.floor(byTime.length * TYPICAL_FROM_RATIO), Math.ceil(byTime.length * TYPICAL_TO_RATIO)),
    standstills,
  )
  const episodes = episodesOf(slow).map((requests) => sumParts(requests, standstills))
  const scaled = slow.filter((request) => partsOf(request, standstills).areScaled)
  const names = [...new Set(episodes.flatMap(({ parts }) => [...parts.keys()]))]
  const parts = names
    .map((name) => slowPart(name, episodes, typical))
    .filter(({ share, excess }) => share.ratio > 0 || excess.ratio !== 0)
    .toSorted((left, right) => right.excess.ratio - left.excess.ratio)
  return {
    fromNs: slowFromNs,
    count: slow.length,
    episodes: episodes.length,
    scaledRatio: scaled.length / slow.length,
    parts,
  }
}

function responseNs({ intendedNs, endNs }: SampledRequest): number {
  return endNs - intendedNs
}

/** Sums of some requests, each counted as often as it stands for others. */
interface PartSums {
  readonly weight: number
  readonly totalNs: number
  readonly parts: ReadonlyMap<string, number>
}

function sumParts(requests: readonly SampledRequest[], standstills: Standstills): PartSums {
  const sums = new Map<string, number>()
  let weight = 0
  let totalNs = 0
  for (const request of requests) {
    const { parts, totalNs: ownNs } = partsOf(request, standstills)
    for (const [name, durationNs] of parts) sums.set(name, (sums.get(name) ?? 0) + durationNs * request.weight)
    totalNs += ownNs * request.weight
    weight += request.weight
  }
  return { weight, totalNs, parts: sums }
}

function meanParts(requests: readonly SampledRequest[], standstills: Standstills): PartSums {
  const { weight, totalNs, parts } = sumParts(requests, standstills)
  return {
    weight: 1,
    totalNs: totalNs / weight,
    parts: new Map([...parts].map(([name, durationNs]) => [name, durationNs / weight])),
  }
}

function slowPart(name: string, episodes: readonly PartSums[], typical: PartSums): SlowPart {
  const partNs = (sums: PartSums): number => sums.parts.get(name) ?? 0
  const beyondNs = (valueNs: number, weight: number, typicalNs: number): number => valueNs - weight * typicalNs
  return {
    name,
    share: shareOf(
      episodes.map(partNs),
      episodes.map(({ totalNs }) => totalNs),
    ),
    excess: shareOf(
      episodes.map((sums) => beyondNs(partNs(sums), sums.weight, partNs(typical))),
      episodes.map(({ totalNs, weight }) => beyondNs(totalNs, weight, typical.totalNs)),
    ),
  }
}

function shareOf(partsNs: readonly number[], wholesNs: readonly number[]): ShareOfTime {
  const whole = wholesNs.reduce((sum, value) => sum + value, 0)
  const part = partsNs.reduce((sum, value) => sum + value, 0)
  // When all requests took the same time, none of them took longer.
  if (whole <= 0) return { ratio: 0 }
  if (wholesNs.length < FEWEST_EPISODES || wholesNs.includes(whole)) return { ratio: part / whole }
  const { low, high } = ratioOfSums(partsNs, wholesNs, CONFIDENCE_RATIO)
  return { ratio: part / whole, interval: { low, high, coverageRatio: CONFIDENCE_RATIO } }
}
