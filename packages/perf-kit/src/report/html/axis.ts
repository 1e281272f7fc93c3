import type { Unit } from '../../run/index.ts'
import { formatQuantity } from '../format-quantity.ts'
import type { Tick, YAxis } from './chart-spec.ts'

/** Lines across a chart at most: more would be read as a pattern. */
const MOST_TICKS = 5
/** Room above the highest line, which would otherwise lie on the edge. */
const HEADROOM = 1.1
const NICE_STEPS = [1, 2, 2.5, 5, 10] as const
const LOG_STEPS = [1, 2, 5] as const
/** Beyond so many decades only powers of ten are named. */
const DECADES_WITH_STEPS = 2

/** An axis from zero up to a little more than the highest value. */
export function linearAxis(highest: number, unit: Unit, mostTicks = MOST_TICKS): YAxis {
  const to = highest > 0 ? highest * HEADROOM : 1
  const magnitude = 10 ** Math.floor(Math.log10(to / mostTicks))
  const step = (NICE_STEPS.find((nice) => nice * magnitude * mostTicks >= to) ?? 10) * magnitude
  const ticks = Array.from({ length: Math.floor(to / step) + 1 }, (_, index) => tick(index * step, unit))
  return { isLog: false, from: 0, to, ticks }
}

/**
 * A logarithmic axis around positive values, from and to a 1, 2 or 5 of some decade.
 *
 * @param lowest - above 0
 */
export function logAxis(lowest: number, highest: number, unit: Unit): YAxis {
  const from = stepBelow(lowest)
  // One step at least, so that a single value lies within.
  const to = stepAbove(Math.max(highest, from * 1.01))
  const isWide = Math.log10(to / from) > DECADES_WITH_STEPS
  const ticks = stepsBetween(from, to)
    .filter(({ step }) => !isWide || step === 1)
    .map(({ at }) => tick(at, unit))
  return { isLog: true, from, to, ticks }
}

function stepsBetween(from: number, to: number): { readonly at: number; readonly step: number }[] {
  const first = Math.floor(Math.log10(from))
  const decades = Math.ceil(Math.log10(to)) - first
  return Array.from({ length: decades + 1 }, (_, index) => first + index)
    .flatMap((exponent) => LOG_STEPS.map((step) => ({ at: step * 10 ** exponent, step })))
    .filter(({ at }) => at >= from * 0.999 && at <= to * 1.001)
}

function stepBelow(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value))
  return (LOG_STEPS.findLast((step) => step * magnitude <= value) ?? 1) * magnitude
}

function stepAbove(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value))
  return (LOG_STEPS.find((step) => step * magnitude >= value) ?? 10) * magnitude
}

/** `2 k/s` rather than `2.00 k/s`: an axis needs no more digits than it has. */
function tick(at: number, unit: Unit): Tick {
  if (at === 0) return { at, label: '0' }
  const label = formatQuantity(at, unit).replace(/(\d)\.(\d*?)0+(?!\d)/, (_, whole, rest) =>
    rest === '' ? whole : `${whole}.${rest}`,
  )
  return { at, label }
}
