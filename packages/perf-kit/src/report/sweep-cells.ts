import type { Metric } from '../run/index.ts'
import { formatQuantity, type QuantityStyle } from './format-quantity.ts'
import type { SweepRow } from './sweep-view.ts'

/** The columns of a sweep's table, in every format. */
export interface SweepColumn {
  readonly header: string
  readonly align: 'left' | 'right'
  readonly text: (row: SweepRow) => string
}

/** Those that say something of any row. */
export function sweepColumns(rows: readonly SweepRow[], style: QuantityStyle): SweepColumn[] {
  const shown = (metric: Metric | undefined): string =>
    metric === undefined ? '' : formatQuantity(metric.value, metric.unit, style)
  const columns: SweepColumn[] = [
    { header: '', align: 'left', text: ({ label }) => label },
    { header: 'succeeded', align: 'right', text: ({ goodput }) => shown(goodput) },
    { header: 'in rounds', align: 'right', text: ({ rounds }) => rangeText(rounds, style) },
    { header: 'speed-up', align: 'right', text: ({ speedup }) => shown(speedup) },
    { header: 'efficiency', align: 'right', text: ({ efficiency }) => shown(efficiency) },
    { header: 'p50', align: 'right', text: ({ p50 }) => shown(p50) },
    { header: 'p99', align: 'right', text: ({ p99 }) => shown(p99) },
    {
      header: 'failed',
      align: 'right',
      text: ({ errorRatio }) => (errorRatio === undefined || errorRatio.value === 0 ? '' : shown(errorRatio)),
    },
    { header: 'limited by', align: 'left', text: ({ limit }) => (style.unicode ? limit : limit.replace('—', '-')) },
  ]
  return columns.filter(({ header, text }) => header === '' || rows.some((row) => text(row) !== ''))
}

function rangeText(rounds: readonly number[], style: QuantityStyle): string {
  if (rounds.length < 2) return ''
  const sign = style.unicode ? ' … ' : ' .. '
  return [Math.min(...rounds), Math.max(...rounds)].map((perSec) => formatQuantity(perSec, 'perSec', style)).join(sign)
}
