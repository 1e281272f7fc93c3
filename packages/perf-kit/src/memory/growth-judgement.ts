import { mannKendall, median, type SlopeInterval } from '../stats/index.ts'
import { stepsOf } from './even-steps.ts'
import { floorsOf, type GrowthPoint } from './growth-points.ts'
import { halvesOf, plainSlopeOf, slopeOf, spanOf, ysOf } from './growth-slope.ts'
import { plural, short } from './growth-words.ts'
import { afterWarmup } from './warm-up.ts'

/** Fewer have no trend whose chance could be below one in a hundred: of six in order, one in 720. */
export const FEWEST_POINTS = 6
const TREND_BELOW = 0.01
/** What goes on grows in its last half as it did in its first, less what chance may take. */
const GOING_ON_RATIO = 0.8
/** What stands still at the end has grown by less than this share of what it would have. */
const STANDING_RATIO = 0.5
/** Of all points after the warm-up, at their end. */
const ENDS_LOOKED_AT = [1 / 4, 1 / 8]
const FEWEST_AT_END = 3
/** Shorter, and a stretch without growth may be chance. */
const SHORTEST_PLATEAU_RATIO = 1 / 4
const RISEN = { because: 'it has risen at the end', timesAsLong: 2 } as const
/** Waiting for longer is no advice. */
const LONGEST_TIMES = 100
const TWICE = 2

export interface GrowthRule {
  /** slower growth is none: for each request, or each second */
  readonly least: number
  /** what surely grows more slowly than this is steady; default: `least` */
  readonly steadyBelow?: number
  /** less than this in all is never called a leak: what a process takes for itself now and then */
  readonly leastInAll: number
  /** what has risen by so much at the end is not steady; default: `leastInAll` */
  readonly riseAtEnd?: number
  /** `bytes a request` */
  readonly unit: string
}

/**
 * - `leaking`: it has a trend after the warm-up (Mann–Kendall, corrected for values that resemble their neighbours), which is surely more than
 *   counts (Theil–Sen, 95 %), is too even to be wandering, and goes on in the last half and until the end
 * - `steady`: it surely grows by less than counts, over all or since it has stopped growing, and has not risen at the end
 * - `inconclusive`: neither; `because` says what is missing
 */
export interface GrowthJudgement {
  readonly state: 'leaking' | 'steady' | 'inconclusive'
  readonly because: string
  /** values that were compared, of which each is the lowest of a stretch */
  readonly points: number
  /** for each request or second after the warm-up, with its interval of 95 %: the wider of Theil–Sen's and that of its steps, unless it is steady */
  readonly each?: { readonly value: number; readonly low: number; readonly high: number }
  /** after the warm-up, as far as it grew evenly */
  readonly inAll?: number
  /** so many requests, or seconds, were judged: those of the warm-up, or of growth that has ended, are left out */
  readonly over?: number
  /** of what was seen, the share that was warm-up, or growth that has ended */
  readonly warmupRatio?: number
  /** of an inconclusive one: so many times as long would do, if it goes on so; absent where nobody can tell */
  readonly timesAsLong?: number
}

/**
 * Whether something grows for ever. No test is asked alone, since each by itself cries wolf on a healthy server: see docs/leaks.md for how
 * often all of them do.
 *
 * @param all - in the order of x; not mutated
 */
export function judgeGrowth(all: readonly GrowthPoint[], rule: GrowthRule): GrowthJudgement {
  const points = floorsOf(all)
  if (points.length < FEWEST_POINTS) return tooFew(points.length)
  const { rest, isLevel } = afterWarmup(points, FEWEST_POINTS, rule.least)
  const { pRatio, each } = growthOf(rest)
  const steps = stepsOf(rest)
  const widest = { slope: each.slope, low: Math.min(each.low, steps.low), high: Math.max(each.high, steps.high) }
  const seen = seenOf(points, rest, widest)
  const missing = missingOfLeak({ each: widest, pRatio, areEven: steps.areEven, rest, isLevel }, rule)
  if (missing === undefined) {
    const { value, low, high } = seen.each
    return {
      state: 'leaking',
      because: `it goes on growing by ${short(value)} (${short(low)} to ${short(high)}) ${rule.unit}`,
      ...seen,
    }
  }
  const plateau = plateauOf(points, rest, rule)
  if (plateau === undefined) return { state: 'inconclusive', ...missing, ...seen }
  if (hasRisen(plateau, rule)) return { state: 'inconclusive', ...RISEN, ...seen }
  return steadyOn(plateau, points, rule)
}

/** Too few of whatever: how many more would do is known, when there are some. */
export function tooFew(count: number): GrowthJudgement {
  return {
    state: 'inconclusive',
    because:
      count === 0
        ? 'there are no values'
        : `${plural(count, 'value is', 'values are')} too few: ${FEWEST_POINTS} at least`,
    points: count,
    ...(count === 0 ? {} : { timesAsLong: FEWEST_POINTS / count }),
  }
}

interface Growth {
  readonly each: SlopeInterval
  readonly pRatio: number
}

function growthOf(points: readonly GrowthPoint[]): Growth {
  const { pRatio, varianceFactor } = mannKendall(ysOf(points))
  return { each: slopeOf(points, varianceFactor), pRatio }
}

function seenOf(points: readonly GrowthPoint[], rest: readonly GrowthPoint[], { slope, low, high }: SlopeInterval) {
  const whole = spanOf(points)
  return {
    points: points.length,
    each: { value: slope, low, high },
    inAll: slope * spanOf(rest),
    over: spanOf(rest),
    warmupRatio: whole === 0 ? 0 : 1 - spanOf(rest) / whole,
  }
}

interface Suspected extends Growth {
  readonly areEven: boolean
  readonly rest: readonly GrowthPoint[]
  readonly isLevel: boolean
}

interface Missing {
  readonly because: string
  readonly timesAsLong: number
}

/** @returns why it is no leak, as far as is known, and how long would tell; `undefined` when it is one */
function missingOfLeak({ each, pRatio, areEven, rest, isLevel }: Suspected, rule: GrowthRule): Missing | undefined {
  if (pRatio >= TREND_BELOW || each.slope <= 0) {
    return { because: 'it goes up and down too much to tell', timesAsLong: timesToKnow(each, rule) }
  }
  if (each.low < rule.least) {
    const because = `it grows, and whether by ${short(rule.least)} ${rule.unit} or more is not known`
    return { because, timesAsLong: timesToKnow(each, rule) }
  }
  const inAll = each.slope * spanOf(rest)
  if (inAll < rule.leastInAll) {
    const because = `it has grown by ${short(inAll)} in all, which may be its own doing`
    return { because, timesAsLong: bounded(rule.leastInAll / inAll) }
  }
  const [early, late] = halvesOf(rest)
  if (!isLevel || slopeOf(late).low < GOING_ON_RATIO * plainSlopeOf(early)) {
    return { because: 'it grows, and ever more slowly, as what warms up does', timesAsLong: TWICE }
  }
  if (ENDS_LOOKED_AT.some((ratio) => standsStill(rest, ratio, each.slope))) {
    return { because: 'it has grown, and hardly does at the end', timesAsLong: TWICE }
  }
  if (!areEven) {
    return { because: 'it grows too unevenly to be told from wandering', timesAsLong: TWICE }
  }
  return undefined
}

function standsStill(rest: readonly GrowthPoint[], ratio: number, usual: number): boolean {
  return plainSlopeOf(endOf(rest, ratio)) < STANDING_RATIO * usual
}

function endOf(points: readonly GrowthPoint[], ratio: number): readonly GrowthPoint[] {
  return points.slice(-Math.max(FEWEST_AT_END, Math.ceil(ratio * points.length)))
}

/** The longest stretch up to the end that surely does not grow: all after the warm-up, or what comes after growth that has ended. */
function plateauOf(
  points: readonly GrowthPoint[],
  rest: readonly GrowthPoint[],
  rule: GrowthRule,
): readonly GrowthPoint[] | undefined {
  const shortest = Math.max(FEWEST_POINTS, SHORTEST_PLATEAU_RATIO * points.length)
  return [1, 3 / 4, 1 / 2, 3 / 8]
    .map((ratio) => rest.slice(-Math.ceil(ratio * rest.length)))
    .filter(({ length }) => length >= shortest)
    .find((part) => {
      const { low, high } = growthOf(part).each
      // What surely grows does not stand, however little it may be in all.
      return low < rule.least && high < limitOf(rule) && !speedsUp(part, rule)
    })
}

/** What has fallen first, and rises now, is even in all. */
function speedsUp(points: readonly GrowthPoint[], rule: GrowthRule): boolean {
  return plainSlopeOf(halvesOf(points)[1]) >= TWICE * limitOf(rule)
}

function limitOf({ least, steadyBelow = least }: GrowthRule): number {
  return steadyBelow
}

/** A leak that begins late is not to be seen in the middle of all slopes, however much it leaks. */
function hasRisen(plateau: readonly GrowthPoint[], rule: GrowthRule): boolean {
  const { riseAtEnd = rule.leastInAll } = rule
  const ys = ysOf(plateau)
  const [last = 0, before] = [ys.at(-1), ys.slice(0, -1)]
  const highest = Math.max(...before)
  if (last - highest >= Math.max(riseAtEnd, highest - Math.min(...before))) return true
  return ENDS_LOOKED_AT.some((ratio) => {
    const end = endOf(plateau, ratio)
    const rise = median(ysOf(end)) - median(ysOf(plateau.slice(0, -end.length)))
    return plainSlopeOf(end) >= TWICE * limitOf(rule) && rise >= riseAtEnd
  })
}

function steadyOn(plateau: readonly GrowthPoint[], points: readonly GrowthPoint[], rule: GrowthRule): GrowthJudgement {
  const seen = seenOf(points, plateau, growthOf(plateau).each)
  const grows = `by less than ${short(limitOf(rule))} ${rule.unit}`
  const because =
    seen.warmupRatio > 0
      ? `it has stood still since ${Math.round(100 * seen.warmupRatio)} % of the time, or grown ${grows}`
      : `it grows ${grows}, if at all`
  return { state: 'steady', because, ...seen }
}

/**
 * Of noise that stays as it is, the interval of a slope shrinks with the number of values to the power of three halves: until it no longer
 * holds what counts, or is half as wide as that is, or lies below what is steady.
 */
function timesToKnow({ slope, low, high }: SlopeInterval, rule: GrowthRule): number {
  const half = (high - low) / 2
  const allowed = Math.max(Math.abs(slope - rule.least), limitOf(rule) - slope, rule.least / 2)
  return bounded((half / allowed) ** (2 / 3))
}

function bounded(times: number): number {
  return Math.min(LONGEST_TIMES, Math.max(1.25, times))
}
