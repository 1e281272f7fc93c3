import { formatQuantity } from './format-quantity.ts'
import { type PartView, QUANTILES } from './load-view.ts'
import { type Column, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { visibleText } from './visible-text.ts'

/** A name is as long as its tool's: it gives way to the figures. */
const SHRINK_TO = 24

/** Response times of the parts of a load, such as the operations of a mix: a line each. Nothing without parts. */
export function partTable(parts: readonly PartView[], { unicode, widthColumns }: TerminalOptions): string[] {
  if (parts.length === 0) return []
  const column = (header: string, textOf: (part: PartView) => string): Column => ({
    header,
    align: 'right',
    cells: parts.map((part) => ({ text: textOf(part) })),
  })
  const columns: Column[] = [
    { header: '', align: 'left', shrinkTo: SHRINK_TO, cells: parts.map(({ name }) => ({ text: visibleText(name) })) },
    ...QUANTILES.map(({ header }, index) => column(header, ({ quantiles }) => shown(quantiles[index], { unicode }))),
    column('requests', ({ requests }) => requests.toLocaleString('en-US')),
    column('failed', ({ errorRatio }) => shown(errorRatio, { unicode })),
  ]
  return renderTable(columns, widthColumns, unicode ? '…' : '..')
}

function shown(metric: PartView['errorRatio'], style: { readonly unicode: boolean }): string {
  return metric === undefined ? '' : formatQuantity(metric.value, metric.unit, style)
}
