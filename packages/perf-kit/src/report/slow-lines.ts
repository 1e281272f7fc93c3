import type { Metric } from '../run/index.ts'
import { formatQuantity } from './format-quantity.ts'
import { type Cell, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { wrapText } from './text-width.ts'
import { visibleText } from './visible-text.ts'

const SHARE = 'slowShare '
/** Less than this is in nobody's way. */
const SHOWN_FROM_RATIO = 0.005

const MEANINGS: Readonly<Record<string, string>> = {
  generator: 'late sending (ours)',
  connection: 'wait for a connection',
  untold: 'rest of the wait (network, and what it does not tell)',
  receiving: 'receiving the answer',
}

/** Where the time of the slowest hundredth went. Empty where there is no telling. */
export function slowLines(metrics: readonly Metric[], options: TerminalOptions): string[] {
  const find = (name: string): Metric | undefined => metrics.find((metric) => metric.name === name)
  const from = find('slowFrom')
  if (from === undefined) return []
  const count = find('slowRequests')?.value ?? 0
  const episodes = find('slowEpisodes')?.value ?? 0
  const names = metrics.filter(({ name }) => name.startsWith(SHARE)).map(({ name }) => name.slice(SHARE.length))
  const shown = names.filter((name) =>
    [find(`${SHARE}${name}`), find(`slowExcess ${name}`)].some(
      (metric) => Math.abs(metric?.value ?? 0) >= SHOWN_FROM_RATIO,
    ),
  )
  const cells = (metricOf: (name: string) => Metric | undefined): Cell[] =>
    shown.map((name) => ({ text: share(metricOf(name), options) }))
  const title = `Slowest 1 %, from ${formatQuantity(from.value, 'ns', options)}: where their time went (${count} of them looked at, which came in ${episodes} ${episodes === 1 ? 'group' : 'groups'})`
  return [
    ...wrapText(title, options.widthColumns),
    ...renderTable(
      [
        { header: '', align: 'left', cells: shown.map((name) => ({ text: `  ${meaning(name)}` })) },
        { header: 'their time', align: 'right', cells: cells((name) => find(`${SHARE}${name}`)) },
        { header: 'more than usual', align: 'right', cells: cells((name) => find(`slowExcess ${name}`)) },
      ],
      options.widthColumns,
      options.unicode ? '…' : '..',
    ),
  ]
}

function meaning(name: string): string {
  return MEANINGS[name] ?? visibleText(name.replace(/^target /, 'target: '))
}

/** `71 % (64 to 78)` */
function share(metric: Metric | undefined, { unicode }: TerminalOptions): string {
  if (metric === undefined) return ''
  const { value, interval } = metric
  const percent = (ratio: number): string => {
    const text = (100 * ratio).toFixed(0)
    return unicode ? text.replace('-', '−') : text
  }
  const text = `${percent(value)} %`
  return interval === undefined ? text : `${text} (${percent(interval.low)} to ${percent(interval.high)})`
}
