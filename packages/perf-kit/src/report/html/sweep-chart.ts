import { uslThroughput } from '../../stats/index.ts'
import { formatQuantity } from '../format-quantity.ts'
import { type SweepRow, type SweepView, shortLabel } from '../sweep-view.ts'
import { linearAxis, logAxis } from './axis.ts'
import type { Chart } from './chart.ts'
import type { ChartLine, ChartSpec, Tick } from './chart-spec.ts'
import { html, type SafeHtml } from './safe-html.ts'

const CURVE_POINTS = 80
/** A peak further out than this share of the highest value is told, and not drawn. */
const DRAWN_BEYOND = 2
/** Room beside the outermost points. */
const MARGIN_RATIO = 1.15

/** Measured throughput at each value, and the curve of the law through it. */
export function sweepChart({ rows, curve }: SweepView, id: string): Chart | undefined {
  const known = rows.filter((row) => row.goodput !== undefined)
  const values = known.map(({ value }) => value)
  const [first, last] = [values[0], values.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const end = Math.max(last, Math.min(DRAWN_BEYOND * last, curve?.peak ?? last))
  const at = curve === undefined ? values : [...new Set([...between(first, end), ...values])].toSorted((a, b) => a - b)
  const measured = (label: string, of: (row: SweepRow) => number | undefined, look: Look): ChartLine =>
    pointLine(
      label,
      at
        .map((value) => known.find((row) => row.value === value))
        .map((row) => (row === undefined ? null : (of(row) ?? null))),
      look,
    )
  const hasRounds = known.some(({ rounds }) => rounds.length > 1)
  const lines: ChartLine[] = [
    ...(curve === undefined
      ? []
      : [
          {
            ...pointLine(
              curve.isTrusted ? 'Universal Scalability Law' : 'best curve of the law, which does not fit',
              at.map((n) => uslThroughput(curve, n)),
              { colour: 'orange', widthPx: 2 },
            ),
            hasPoints: false,
            isUnjoined: false,
            dash: curve.isTrusted ? [] : [4, 4],
          },
        ]),
    ...(hasRounds
      ? [
          measured('lowest round', ({ rounds }) => lowest(rounds), { colour: 'grey', widthPx: 1 }),
          measured('highest round', ({ rounds }) => highest(rounds), { colour: 'grey', widthPx: 1 }),
        ]
      : []),
    // Last, so that no round covers it.
    measured('measured', ({ goodput }) => goodput?.value, { colour: 'blue', widthPx: 2 }),
  ]
  const top = lines.flatMap((line) => line.values).reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
  return {
    spec: {
      ...axisOf(id, known, end),
      y: linearAxis(top, 'perSec'),
      lines,
      at,
      atLabels: at.map((value) => known.find((row) => row.value === value)?.label ?? formatQuantity(value, 'count')),
    },
    title: 'Throughput by value',
    summary: `Successes a second, from ${formatQuantity(known[0]?.goodput?.value ?? 0, 'perSec')} at ${known[0]?.label} to ${formatQuantity(known.at(-1)?.goodput?.value ?? 0, 'perSec')} at ${known.at(-1)?.label}.`,
    remarks: [],
    table: figuresTable(known, curve === undefined ? undefined : (row) => uslThroughput(curve, row.value)),
  }
}

/** How long requests took at each value. */
export function sweepTimes({ rows }: SweepView, id: string): Chart | undefined {
  const known = rows.filter(({ p50, p99 }) => p50 !== undefined && p99 !== undefined && p50.value > 0)
  const last = known.at(-1)
  if (last === undefined || known.length < 2) return undefined
  const line = (label: string, of: (row: SweepRow) => number, look: Look): ChartLine => ({
    ...pointLine(label, known.map(of), look, 'ns'),
    isUnjoined: false,
  })
  const all = known.flatMap(({ p50, p99 }) => [p50?.value ?? 0, p99?.value ?? 0])
  return {
    spec: {
      ...axisOf(id, known, last.value),
      y: logAxis(Math.min(...all), Math.max(...all), 'ns'),
      lines: [
        line('p50', ({ p50 }) => p50?.value ?? 0, { colour: 'green', widthPx: 2 }),
        line('p99', ({ p99 }) => p99?.value ?? 0, { colour: 'pink', widthPx: 2 }),
      ],
      at: known.map(({ value }) => value),
      atLabels: known.map(({ label }) => label),
    },
    title: 'Response times by value',
    summary: `Half of all requests within ${formatQuantity(known[0]?.p50?.value ?? 0, 'ns')} at ${known[0]?.label}, and within ${formatQuantity(last.p50?.value ?? 0, 'ns')} at ${last.label}.`,
    remarks: [
      'Each client waits for its answer before it asks again: what users would wait who come whenever they like is not in these times.',
    ],
    table: timesTable(known),
  }
}

interface Look {
  readonly colour: ChartLine['colour']
  readonly widthPx: number
}

function pointLine(
  label: string,
  values: readonly (number | null)[],
  { colour, widthPx }: Look,
  unit: 'perSec' | 'ns' = 'perSec',
): ChartLine {
  return {
    label,
    colour,
    dash: [],
    widthPx,
    isFilled: false,
    isStepped: false,
    hasPoints: true,
    isUnjoined: true,
    isRight: false,
    values,
    texts: values.map((value) => (value === null ? '—' : formatQuantity(value, unit))),
  }
}

function axisOf(id: string, rows: readonly SweepRow[], end: number): Pick<ChartSpec, 'id' | 'group' | 'isLow' | 'x'> {
  const first = rows[0]?.value ?? 1
  const ticks = rows.map(({ value, label }): Tick => ({ at: value, label: shortLabel(label) }))
  return {
    id,
    group: id,
    isLow: false,
    x: { isLog: true, from: first / MARGIN_RATIO, to: end * MARGIN_RATIO, ticks },
  }
}

/** Evenly on a logarithmic axis. */
function between(from: number, to: number): number[] {
  if (to <= from) return [from]
  return Array.from({ length: CURVE_POINTS + 1 }, (_, index) => from * (to / from) ** (index / CURVE_POINTS))
}

function lowest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values)
}

function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values)
}

function figuresTable(rows: readonly SweepRow[], curveAt: ((row: SweepRow) => number) | undefined): SafeHtml {
  return html`<table>
<caption>Successes a second at each value.</caption>
<thead><tr><th scope="col">value</th><th scope="col" class="number">measured</th>${curveAt === undefined ? '' : html`<th scope="col" class="number">curve</th>`}</tr></thead>
<tbody>
${rows.map(
  (row) =>
    html`<tr><th scope="row">${row.label}</th><td class="number">${formatQuantity(row.goodput?.value ?? 0, 'perSec')}</td>${curveAt === undefined ? '' : html`<td class="number">${formatQuantity(curveAt(row), 'perSec')}</td>`}</tr>
`,
)}</tbody>
</table>`
}

function timesTable(rows: readonly SweepRow[]): SafeHtml {
  return html`<table>
<caption>Response times at each value.</caption>
<thead><tr><th scope="col">value</th><th scope="col" class="number">p50</th><th scope="col" class="number">p99</th></tr></thead>
<tbody>
${rows.map(
  ({ label, p50, p99 }) =>
    html`<tr><th scope="row">${label}</th><td class="number">${formatQuantity(p50?.value ?? 0, 'ns')}</td><td class="number">${formatQuantity(p99?.value ?? 0, 'ns')}</td></tr>
`,
)}</tbody>
</table>`
}
