import type { Unit } from '../run/index.ts'

const SIGNIFICANT_DIGITS = 3

interface Step {
  readonly factor: number
  readonly suffix: string
}

/** Decimal steps throughout: a kB is 1000 bytes, as parsed from the config. */
const STEPS: Readonly<Record<Unit, readonly Step[]>> = {
  ns: [
    { factor: 1, suffix: ' ns' },
    { factor: 1e3, suffix: ' µs' },
    { factor: 1e6, suffix: ' ms' },
    { factor: 1e9, suffix: ' s' },
  ],
  bytes: [
    { factor: 1, suffix: ' B' },
    { factor: 1e3, suffix: ' kB' },
    { factor: 1e6, suffix: ' MB' },
    { factor: 1e9, suffix: ' GB' },
  ],
  perSec: [
    { factor: 1, suffix: '/s' },
    { factor: 1e3, suffix: ' k/s' },
    { factor: 1e6, suffix: ' M/s' },
    { factor: 1e9, suffix: ' G/s' },
  ],
  ratio: [{ factor: 0.01, suffix: ' %' }],
  count: [
    { factor: 1, suffix: '' },
    { factor: 1e3, suffix: ' k' },
    { factor: 1e6, suffix: ' M' },
    { factor: 1e9, suffix: ' G' },
  ],
}

export interface QuantityStyle {
  /** false: nothing outside ASCII */
  readonly unicode: boolean
}

/** A value for people, with three significant digits: 21.3 ns, 1.00 µs, 128 B, 46.9 M/s. */
export function formatQuantity(value: number, unit: Unit, { unicode }: QuantityStyle = { unicode: true }): string {
  if (!Number.isFinite(value)) return unicode ? '—' : '-'
  const steps = STEPS[unit]
  // Rounded first, or 999.9 ns would read 1000 ns.
  const rounded = Number(value.toPrecision(SIGNIFICANT_DIGITS))
  const step = steps.findLast(({ factor }) => Math.abs(rounded) >= factor) ?? steps[0]
  const { factor, suffix } = step ?? { factor: 1, suffix: '' }
  // Nothing, and whole things such as bytes, are written without decimals when they have none.
  const isWhole = rounded === 0 || (factor === 1 && unit !== 'ns' && Number.isInteger(rounded))
  const text = `${isWhole ? rounded : formatNumber(value / factor)}${suffix}`
  return unicode ? text : text.replace('µ', 'u')
}

function formatNumber(value: number): string {
  const text = value.toPrecision(SIGNIFICANT_DIGITS)
  // Above the largest suffix or far below one, the exponent would be unreadable in a table.
  return /e/.test(text) ? String(Number(text)) : text
}

/** Half the width of an interval as a share of its value: ±1.2 %. */
export function formatSpread(
  value: number,
  interval: { readonly low: number; readonly high: number } | undefined,
  { unicode }: QuantityStyle,
): string {
  const sign = unicode ? '±' : '+-'
  if (interval === undefined) return unicode ? '—' : '-'
  const half = Math.max(interval.high - value, value - interval.low)
  if (half === 0) return `${sign}0 %`
  const percent = (half / Math.abs(value)) * 100
  if (!Number.isFinite(percent)) return unicode ? '—' : '-'
  return `${sign}${percent.toFixed(percent >= 10 ? 0 : 1)} %`
}
