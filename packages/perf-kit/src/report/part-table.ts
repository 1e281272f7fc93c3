import { type Metric, partOf, type Run } from '../run/index.ts'
import { formatQuantity } from './format-quantity.ts'
import { type Column, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { visibleText } from './visible-text.ts'

const SHRINK_TO = 24
const QUANTILES = [
  { header: 'p50', name: 'responseTimeP50' },
  { header: 'p90', name: 'responseTimeP90' },
  { header: 'p99', name: 'responseTimeP99' },
  { header: 'p99.9', name: 'responseTimeP999' },
] as const

interface Part {
  readonly name: string
  readonly metrics: ReadonlyMap<string, Metric>
}

/** Response times of the parts of a load, such as the operations of a mix: a line each. Nothing without parts. */
export function partTable(run: Run, whole: string, { unicode, widthColumns }: TerminalOptions): string[] {
  const parts = partsOf(run, whole).filter(({ metrics }) => metrics.has('responseTime'))
  if (parts.length === 0) return []
  const column = (header: string, textOf: (part: Part) => string): Column => ({
    header,
    align: 'right',
    cells: parts.map((part) => ({ text: textOf(part) })),
  })
  const shownValue = ({ metrics }: Part, name: string): string => {
    const metric = metrics.get(name)
    return metric === undefined ? '' : formatQuantity(metric.value, metric.unit, { unicode })
  }
  const columns: Column[] = [
    { header: '', align: 'left', shrinkTo: SHRINK_TO, cells: parts.map(({ name }) => ({ text: visibleText(name) })) },
    ...QUANTILES.map(({ header, name }) => column(header, (part) => shownValue(part, name))),
    column('requests', ({ metrics }) => countOf(metrics.get('responseTime')).toLocaleString('en-US')),
    column('failed', (part) => shownValue(part, 'errorRatio')),
  ]
  return renderTable(columns, widthColumns, unicode ? '…' : '..')
}

function partsOf({ metrics }: Run, whole: string): Part[] {
  const parts = new Map<string, Map<string, Metric>>()
  for (const metric of metrics) {
    const name = partOf(whole, metric.subject)
    if (name === undefined) continue
    const own = parts.get(name) ?? new Map<string, Metric>()
    own.set(metric.name, metric)
    parts.set(name, own)
  }
  return [...parts].map(([name, own]) => ({ name, metrics: own }))
}

function countOf(metric: Metric | undefined): number {
  return metric?.evidence.kind === 'histogram' ? metric.evidence.count : 0
}
