import type { Series } from '../../run/index.ts'
import { formatElapsed } from '../elapsed.ts'

/** Two a pixel of the widest chart: more could not be seen. */
const MOST_POINTS = 2_400

/** Series of one clock, as points of a chart. */
export interface TimePoints {
  /** when each point's time begins, s from the start of the run; the last is the end of the last, with its value once more */
  readonly at: readonly number[]
  readonly labels: readonly string[]
  readonly values: ReadonlyMap<string, readonly (number | null)[]>
  /** how much of the run each pair of points stands for, ns; `undefined` when each value is a point */
  readonly thinnedToNs: number | undefined
}

const NS_PER_SEC = 1e9

/**
 * Points of series that share a clock. Of more values than pixels, each piece of the run keeps its lowest and its highest, in the
 * order in which they came: no spike is lost, only when exactly within its piece it was.
 *
 * @param series - at least one; all with the same `fromNs`, `everyNs` and number of values
 */
export function timePoints(series: readonly [Series, ...Series[]]): TimePoints {
  const [{ fromNs, everyNs, values }] = series
  const pieceLength = values.length <= MOST_POINTS ? 1 : Math.ceil(values.length / (MOST_POINTS / 2))
  const starts = startsOf(values.length, pieceLength)
  const timeNs = (index: number): number => fromNs + index * everyNs
  const label = (start: number): string =>
    pieceLength === 1
      ? formatElapsed(timeNs(start))
      : `${formatElapsed(timeNs(start))}–${formatElapsed(timeNs(Math.min(values.length, start + pieceLength)))}`
  const pieces =
    pieceLength === 1
      ? starts
      : starts.flatMap((start) => [start, (start + Math.min(values.length, start + pieceLength)) / 2])
  const labels = pieceLength === 1 ? starts.map(label) : starts.flatMap((start) => [label(start), label(start)])
  return {
    at: [...pieces, values.length].map((index) => timeNs(index) / NS_PER_SEC),
    labels: [...labels, labels.at(-1) ?? ''],
    values: new Map(series.map(({ name, values: own }) => [name, withEnd(thin(own, starts, pieceLength))])),
    thinnedToNs: pieceLength === 1 ? undefined : pieceLength * everyNs,
  }
}

/** Series of the clock that the first has, and the rest: what has another clock cannot share a chart. */
export function sameClock(series: readonly Series[]): readonly [Series, ...Series[]] | undefined {
  const [first, ...rest] = series
  if (first === undefined) return undefined
  return [
    first,
    ...rest.filter(
      ({ fromNs, everyNs, values }) =>
        fromNs === first.fromNs && everyNs === first.everyNs && values.length === first.values.length,
    ),
  ]
}

function startsOf(length: number, pieceLength: number): number[] {
  return Array.from({ length: Math.ceil(length / pieceLength) }, (_, piece) => piece * pieceLength)
}

function thin(
  values: readonly (number | null)[],
  starts: readonly number[],
  pieceLength: number,
): readonly (number | null)[] {
  return pieceLength === 1 ? values : starts.flatMap((start) => extremes(values.slice(start, start + pieceLength)))
}

/** Lowest and highest, whichever came first; nulls only where there is nothing else. */
function extremes(piece: readonly (number | null)[]): readonly [number | null, number | null] {
  let lowest: { readonly value: number; readonly index: number } | undefined
  let highest: { readonly value: number; readonly index: number } | undefined
  for (const [index, value] of piece.entries()) {
    if (value === null) continue
    if (lowest === undefined || value < lowest.value) lowest = { value, index }
    if (highest === undefined || value > highest.value) highest = { value, index }
  }
  if (lowest === undefined || highest === undefined) return [null, null]
  return lowest.index <= highest.index ? [lowest.value, highest.value] : [highest.value, lowest.value]
}

function withEnd(values: readonly (number | null)[]): readonly (number | null)[] {
  return [...values, values.at(-1) ?? null]
}
