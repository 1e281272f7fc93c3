import type { Metric, Run } from '../../run/index.ts'
import { decodeHistogram } from '../decode-histogram.ts'
import { formatLasting } from '../elapsed.ts'
import { formatQuantity, formatSpread } from '../format-quantity.ts'
import { type LoadView, mainTime, type TimeRow } from '../load-view.ts'
import { html, type SafeHtml, textLines } from './safe-html.ts'
import { capitalised } from './sentence.ts'

interface StateWords {
  readonly sign: string
  readonly label: string
  readonly meaning: string
}

const STATES: Readonly<Record<Run['validity']['state'], StateWords>> = {
  valid: { sign: '✓', label: 'valid', meaning: '' },
  suspect: {
    sign: '?',
    label: 'suspect',
    meaning:
      'The figures below may be those of the generator or of its machine, and not of the target. Measure again before you rely on them.',
  },
  invalid: {
    sign: '✗',
    label: 'invalid',
    meaning:
      'The figures below are no measurement of what was asked for. They are shown so that the cause can be found.',
  },
}

export function headerHtml({
  kind,
  suite,
  configuration,
  validity,
  startedAt,
  durationNs,
  environment,
  harness,
}: Run): SafeHtml {
  const { sign, label } = STATES[validity.state]
  const variant = configuration === 'default' ? '' : ` · ${configuration}`
  const facts = [
    `${startedAt.slice(0, 19).replace('T', ' ')} UTC`,
    formatLasting(durationNs),
    `${environment.cpuCount} × ${environment.cpuModel}`,
    `Node ${environment.nodeVersion}`,
    `perf-kit ${harness.version}`,
  ]
  return html`<h1 class="kicker">${capitalised(kind)} report · ${suite}${variant} <span class="state ${validity.state}"><span aria-hidden="true">${sign}</span> ${label}</span></h1>
<p class="facts">${facts.map((fact) => html`<span>${fact}</span> `)}</p>
`
}

/** At the top of the page, before any figure, when the figures are in doubt. */
export function doubtsHtml({ validity }: Run): SafeHtml {
  if (validity.state === 'valid') return html``
  const { label, meaning } = STATES[validity.state]
  return html`<section class="banner ${validity.state}" aria-label="Validity">
<p><strong>This run is ${label}.</strong> ${meaning}</p>
<ul>${validity.reasons.map((reason) => html`<li>${textLines(reason)}</li>`)}</ul>
</section>
`
}

/** The figures that people ask for first. */
export function keyFigures(view: LoadView): SafeHtml {
  const main = mainTime(view)
  const total = view.outcomes.reduce((sum, { count }) => sum + count, 0)
  const slowest = main === undefined ? undefined : decodeHistogram(main.whole)?.maxValue
  const figures = [
    ...(view.goodput === undefined ? [] : [goodputFigure(view.goodput)]),
    ...(main === undefined ? [] : quantileFigures(main)),
    ...(slowest === undefined ? [] : [figure('slowest', formatQuantity(slowest, 'ns'), '')]),
    ...(view.outcomes.length === 0 ? [] : [figure('requests', countText(total), '')]),
    ...shareFigures(view),
  ]
  return html`<dl class="key-figures">${figures}</dl>
`
}

/** Whole as long as it is short; tables have it whole. */
function countText(count: number): string {
  return count < 1e6 ? count.toLocaleString('en-US') : formatQuantity(count, 'count')
}

function goodputFigure({ value, interval }: Metric): SafeHtml {
  const spread = interval === undefined ? '' : formatSpread(value, interval, { unicode: true })
  return figure('succeeded', formatQuantity(value, 'perSec'), spread)
}

const SHOWN_QUANTILES: readonly (readonly [suffix: string, label: string])[] = [
  ['P50', 'p50'],
  ['P99', 'p99'],
  ['P999', 'p99.9'],
]

function quantileFigures({ label: time, quantiles }: TimeRow): SafeHtml[] {
  return SHOWN_QUANTILES.flatMap(([suffix, label]) => {
    const metric = quantiles.find((each) => each?.name.endsWith(suffix))
    return metric === undefined
      ? []
      : [figure(`${time.replace(' time', '')} ${label}`, formatQuantity(metric.value, metric.unit), '')]
  })
}

function shareFigures({ errorRatio, notSentRatio }: LoadView): SafeHtml[] {
  const shares = [
    { label: 'failed', metric: errorRatio },
    { label: 'not sent', metric: notSentRatio },
  ]
  return shares.flatMap(({ label, metric }) => {
    if (metric === undefined) return []
    return [figure(label, formatQuantity(metric.value, 'ratio'), '', metric.value > 0 ? 'some' : '')]
  })
}

function figure(label: string, value: string, detail: string, mood = ''): SafeHtml {
  const small = detail === '' ? '' : html` <small>${detail}</small>`
  return html`<div class="${mood}"><dt>${label}</dt><dd>${value}${small}</dd></div>`
}
