import type { CapacityAnswer, CapacityReport, CapacityTrial } from '../../run/index.ts'
import { rateText } from '../capacity-view.ts'
import { formatQuantity } from '../format-quantity.ts'
import { linearAxis, logAxis } from './axis.ts'
import type { Chart } from './chart.ts'
import type { ChartLine } from './chart-spec.ts'
import { html, type SafeHtml } from './safe-html.ts'

/** A trial of a rate, and where the boundary is drawn. */
type Point =
  | { readonly kind: 'trial'; readonly at: number; readonly trial: CapacityTrial }
  | { readonly kind: 'boundary'; readonly at: number }

const MARGIN = 1.05

/**
 * What was achieved, and how long the slowest hundredth took, over what was offered: where the one leaves the diagonal and the other
 * goes up is the capacity, and the boundary that was found is a band.
 */
export function capacityChart({ trials, answer, objective }: CapacityReport, id: string): Chart | undefined {
  const points = pointsOf(trials, answer)
  const rates = points.map(({ at }) => at)
  const [lowest, highest] = [rates[0], rates.at(-1)]
  if (lowest === undefined || highest === undefined) return undefined
  const offered = points.map(({ at }) => at)
  const p99s = points.map((point) => (point.kind === 'trial' ? point.trial.responseTimeP99Ns : null))
  const known = p99s.filter((value) => value !== null && value > 0)
  const limit = objective.find(({ quantileRatio }) => quantileRatio === 0.99)?.limit
  const y = linearAxis(Math.max(...offered), 'perSec')
  const x = logAxis(lowest / MARGIN, highest * MARGIN, 'perSec')
  const times = [...known, ...(limit === undefined ? [] : [limit])].filter((value) => value !== null)
  const hasTimes = times.length > 0
  return {
    spec: {
      id,
      group: id,
      isLow: false,
      x: { isLog: true, from: lowest / MARGIN, to: highest * MARGIN, ticks: x.ticks },
      y,
      ...(hasTimes ? { right: logAxis(Math.min(...times), Math.max(...times), 'ns') } : {}),
      lines: [
        line(
          'achieved',
          'blue',
          points.map((point) => (point.kind === 'trial' ? point.trial.goodputPerSec : null)),
          rateOf,
          { widthPx: 2, hasPoints: true },
        ),
        line('offered', 'grey', offered, rateOf, { dash: [6, 4] }),
        ...(hasTimes ? [line('response time p99', 'orange', p99s, timeOf, { isRight: true, hasPoints: true })] : []),
        ...(hasTimes && limit !== undefined
          ? [
              line(
                'limit of p99',
                'pink',
                points.map(() => limit),
                timeOf,
                { isRight: true, dash: [2, 3] },
              ),
            ]
          : []),
        ...boundaryLine(points, answer, y.to),
      ],
      at: rates,
      atLabels: points.map((point) =>
        point.kind === 'trial' ? `${rateText(point.at)}, ${point.trial.verdict ?? ''}` : rateText(point.at),
      ),
    },
    title: 'What was achieved, and how long it took, over what was offered',
    summary: summaryOf(answer),
    remarks: ['Each point is a trial; what was offered and the times are on logarithmic scales.'],
    table: chartTable(points),
  }
}

/** In ascending order of rates, as they have to be drawn. */
function pointsOf(trials: readonly CapacityTrial[], answer: CapacityAnswer): Point[] {
  const tried = trials.flatMap((trial): Point[] =>
    trial.ratePerSec === null ? [] : [{ kind: 'trial', at: trial.ratePerSec, trial }],
  )
  const ends = answer.kind === 'interval' ? [answer.lowPerSec, answer.highPerSec] : []
  const boundary = ends.map((at): Point => ({ kind: 'boundary', at }))
  return [...tried, ...boundary].toSorted((left, right) => left.at - right.at)
}

interface Look {
  readonly dash?: readonly number[]
  readonly widthPx?: number
  readonly isRight?: boolean
  readonly isFilled?: boolean
  readonly hasPoints?: boolean
}

function line(
  label: string,
  colour: ChartLine['colour'],
  values: readonly (number | null)[],
  textOf: (value: number) => string,
  { dash = [], widthPx = 1.5, isRight = false, isFilled = false, hasPoints = false }: Look,
): ChartLine {
  const texts = values.map((value) => (value === null ? '' : textOf(value)))
  return {
    label,
    colour,
    dash,
    widthPx,
    isFilled,
    isStepped: false,
    isRight,
    hasPoints,
    spansGaps: true,
    values,
    texts,
  }
}

/** From one end of the interval to the other, as high as the chart. */
function boundaryLine(points: readonly Point[], answer: CapacityAnswer, to: number): ChartLine[] {
  if (answer.kind !== 'interval') return []
  const { lowPerSec, highPerSec } = answer
  const values = points.map(({ at }) => (at >= lowPerSec && at <= highPerSec ? to : null))
  const text = `${rateText(lowPerSec)} to ${rateText(highPerSec)}`
  return [line('the capacity lies here', 'green', values, () => text, { isFilled: true, widthPx: 1 })]
}

function rateOf(value: number): string {
  return rateText(value)
}

function timeOf(value: number): string {
  return formatQuantity(value, 'ns')
}

function summaryOf(answer: CapacityAnswer): string {
  switch (answer.kind) {
    case 'interval':
      return `The capacity lies between ${rateText(answer.lowPerSec)} and ${rateText(answer.highPerSec)}.`
    case 'atLeast':
      return `The capacity is at least ${rateText(answer.perSec)}.`
    case 'below':
      return `The capacity is below ${rateText(answer.perSec)}.`
    case 'unknown':
      return 'The capacity is not known.'
  }
}

function chartTable(points: readonly Point[]): SafeHtml {
  const trials = points.flatMap((point) => (point.kind === 'trial' ? [point.trial] : []))
  return html`<table>
<caption>Trials by the rate that was offered.</caption>
<thead><tr>${['offered', 'achieved', 'response time p99'].map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>
${trials.map(
  ({ ratePerSec, goodputPerSec, responseTimeP99Ns }) =>
    html`<tr><th scope="row" class="number">${rateText(ratePerSec ?? 0)}</th><td class="number">${rateText(goodputPerSec)}</td><td class="number">${responseTimeP99Ns === null ? '—' : formatQuantity(responseTimeP99Ns, 'ns')}</td></tr>
`,
)}</tbody>
</table>`
}
