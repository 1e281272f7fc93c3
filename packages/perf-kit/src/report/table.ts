import { padTo, shortenMiddle, textWidth } from './text-width.ts'

export interface Cell {
  readonly text: string
  /** applied after the widths are known, so that escape sequences take no columns */
  readonly paint?: (text: string) => string
}

export interface Column {
  readonly header: string
  readonly align: 'left' | 'right'
  /** lessened down to this when the table is too wide */
  readonly shrinkTo?: number
  readonly cells: readonly Cell[]
}

const GAP = '  '

/** Columns that a table takes when everything that can shrink has. */
export function narrowestWidth(columns: readonly Column[]): number {
  const widths = columns.map((column) => Math.min(naturalWidth(column), column.shrinkTo ?? Number.POSITIVE_INFINITY))
  return widths.reduce((sum, width) => sum + width, GAP.length * Math.max(0, columns.length - 1))
}

/** Lines of a table at most `width` columns wide, as far as its shrinking columns allow. The first line is the header. */
export function renderTable(columns: readonly Column[], width: number, ellipsis: string): string[] {
  const widths = fitWidths(columns, width)
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length))
  const line = (cellOf: (column: Column) => Cell): string =>
    columns
      .map((column, index) => {
        const { text, paint = (painted: string) => painted } = cellOf(column)
        const columnWidth = widths[index] ?? 0
        const short = shortenMiddle(text, columnWidth, ellipsis)
        const padded = padTo('', columnWidth - textWidth(short), 'left')
        return column.align === 'left' ? paint(short) + padded : padded + paint(short)
      })
      .join(GAP)
      .trimEnd()
  return [
    line(({ header }) => ({ text: header })),
    ...Array.from({ length: rows }, (_, row) => line(({ cells }) => cells[row] ?? { text: '' })),
  ]
}

function fitWidths(columns: readonly Column[], width: number): number[] {
  const natural = columns.map(naturalWidth)
  let excess = natural.reduce((sum, own) => sum + own, GAP.length * Math.max(0, columns.length - 1)) - width
  return columns.map(({ shrinkTo }, index) => {
    const own = natural[index] ?? 0
    if (shrinkTo === undefined || excess <= 0) return own
    const shrunk = Math.max(Math.min(shrinkTo, own), own - excess)
    excess -= own - shrunk
    return shrunk
  })
}

function naturalWidth({ header, cells }: Column): number {
  return Math.max(textWidth(header), ...cells.map(({ text }) => textWidth(text)))
}
