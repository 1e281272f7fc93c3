import type { Series } from '../../run/index.ts'
import { formatElapsed, formatLasting } from '../elapsed.ts'
import { formatQuantity } from '../format-quantity.ts'
import { seriesLabel } from '../series-label.ts'
import { highestOf } from '../sparkline.ts'
import { html, type SafeHtml } from './safe-html.ts'

/** More rows than this are no easier to read than the chart. */
const MOST_ROWS = 60

/** The figures of a chart over time: a row a value, or a row a piece of the run when there are too many. */
export function timeTable(series: readonly [Series, ...Series[]]): SafeHtml {
  const [{ fromNs, everyNs, values }] = series
  const pieceLength = Math.ceil(values.length / MOST_ROWS)
  const starts = Array.from({ length: Math.ceil(values.length / pieceLength) }, (_, piece) => piece * pieceLength)
  const caption =
    pieceLength === 1
      ? `A row for each ${formatLasting(everyNs)}, by when it began.`
      : `A row for each ${formatLasting(pieceLength * everyNs)}, by when it began: rates are means, times are the longest.`
  return html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">from</th>${series.map(({ name }) => html`<th scope="col" class="number">${seriesLabel(name)}</th>`)}</tr></thead>
<tbody>
${starts.map(
  (start) => html`<tr><th scope="row">${formatElapsed(fromNs + start * everyNs)}</th>${series.map(
    (each) => html`<td class="number">${cellOf(each, start, start + pieceLength)}</td>`,
  )}</tr>
`,
)}</tbody>
</table>`
}

function cellOf({ values, unit }: Series, start: number, end: number): string {
  const known = values.slice(start, end).filter((value) => value !== null)
  if (known.length === 0) return '—'
  const value = unit === 'ns' ? (highestOf(known) ?? 0) : known.reduce((sum, each) => sum + each, 0) / known.length
  return formatQuantity(value, unit)
}
