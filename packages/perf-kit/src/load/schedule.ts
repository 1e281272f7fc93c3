/** A stretch of time in which a level (a rate in 1/s, or a number of clients) goes from one value to another, evenly. */
export interface Segment {
  readonly durationNs: number
  readonly from: number
  readonly to: number
}

export interface Spikes {
  /** how many times the level, during a spike */
  readonly factor: number
  /** from the beginning of one to that of the next; the first comes after the first such time */
  readonly everyNs: number
  readonly lastsNs: number
}

const NS_PER_SEC = 1e9

/** A level over time, piecewise linear: what is asked of the target at each moment. Immutable, and pure arithmetic. */
export class Schedule {
  readonly segments: readonly Segment[]
  readonly durationNs: number
  readonly #startsNs: readonly number[]
  /** integral of the level in front of each segment: arrivals, when the level is a rate */
  readonly #before: readonly number[]

  /** @param segments - levels finite and ≥ 0, durations > 0 */
  constructor(segments: readonly Segment[]) {
    this.segments = segments
    const startsNs: number[] = []
    const before: number[] = []
    let atNs = 0
    let sum = 0
    for (const segment of segments) {
      startsNs.push(atNs)
      before.push(sum)
      atNs += segment.durationNs
      sum += integral(segment, segment.durationNs)
    }
    this.durationNs = atNs
    this.#startsNs = startsNs
    this.#before = before
  }

  /** @returns the level at a time; 0 before the beginning and from the end on */
  levelAt(timeNs: number): number {
    if (timeNs < 0 || timeNs >= this.durationNs) return 0
    const index = lastAtOrBelow(this.#startsNs, timeNs)
    const segment = this.segments[index]
    if (segment === undefined) return 0
    const shareRatio = (timeNs - (this.#startsNs[index] ?? 0)) / segment.durationNs
    return segment.from + (segment.to - segment.from) * shareRatio
  }

  get highest(): number {
    return this.segments.reduce((highest, { from, to }) => Math.max(highest, from, to), 0)
  }

  /**
   * When the integral of the level reaches a count: with a rate as level, when arrival number `count` is due. Arrivals
   * of a changing rate are those of a steady one, seen through this (time-rescaling theorem; Brown et al. 2002).
   *
   * @returns ns from the beginning; `undefined` when the schedule ends before
   */
  timeOf(count: number): number | undefined {
    const index = lastAtOrBelow(this.#before, count)
    const segment = this.segments[index]
    if (segment === undefined) return undefined
    const wanted = (count - (this.#before[index] ?? 0)) * NS_PER_SEC
    const withinNs = timeOfIntegral(segment, wanted)
    if (withinNs < segment.durationNs) return (this.#startsNs[index] ?? 0) + withinNs
    // Rounding may put a count that belongs to the very end of one segment in front of the next.
    return this.#startsNs[index + 1]
  }
}

/** The level's integral over the first part of a segment, in levels × seconds. */
function integral({ durationNs, from, to }: Segment, untilNs: number): number {
  const slope = (to - from) / durationNs
  return (from * untilNs + (slope * untilNs * untilNs) / 2) / NS_PER_SEC
}

/** Solves from·t + slope·t²/2 = wanted, in the form that loses no digits when the slope is small. */
function timeOfIntegral({ durationNs, from, to }: Segment, wanted: number): number {
  if (wanted === 0) return 0
  const slope = (to - from) / durationNs
  const underRoot = from * from + 2 * slope * wanted
  return underRoot < 0 ? Number.POSITIVE_INFINITY : (2 * wanted) / (from + Math.sqrt(underRoot))
}

/** The level raised by a factor again and again; segments are cut where spikes begin and end. */
export function withSpikes(schedule: Schedule, { factor, everyNs, lastsNs }: Spikes): Schedule {
  const cuts = new Set<number>([0, schedule.durationNs])
  let atNs = 0
  for (const { durationNs } of schedule.segments) {
    atNs += durationNs
    cuts.add(atNs)
  }
  for (let beginNs = everyNs; beginNs < schedule.durationNs; beginNs += everyNs) {
    cuts.add(beginNs)
    cuts.add(Math.min(beginNs + lastsNs, schedule.durationNs))
  }
  const edges = [...cuts].toSorted((left, right) => left - right)
  const segments = edges.slice(0, -1).map((fromNs, index) => {
    const toNs = edges[index + 1] ?? fromNs
    const isSpike = fromNs >= everyNs && fromNs % everyNs < lastsNs
    const times = isSpike ? factor : 1
    return { durationNs: toNs - fromNs, ...ends(schedule, fromNs, toNs, times) }
  })
  return new Schedule(segments)
}

/** Both ends of a stretch that lies within one segment: the level may jump at either. */
function ends(schedule: Schedule, fromNs: number, toNs: number, times: number) {
  const middleNs = (fromNs + toNs) / 2
  const from = schedule.levelAt(fromNs)
  return { from: from * times, to: (2 * schedule.levelAt(middleNs) - from) * times }
}

/** @returns the index of the last element ≤ value; −1 for none. Elements ascend. */
function lastAtOrBelow(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
