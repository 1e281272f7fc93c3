import type { Environment, Metric, Run } from '../../run/index.ts'
import { decodeHistogram } from '../decode-histogram.ts'
import { formatQuantity } from '../format-quantity.ts'
import { countOf, type OutcomeRow, type PartView, QUANTILES, type TimeRow } from '../load-view.ts'
import { type SlowTime, shareText, slowTitle } from '../slow-time.ts'
import { html, type SafeHtml } from './safe-html.ts'

const UNICODE = { unicode: true }

/** Each time's percentiles, with the range that each may lie in. */
export function percentileTable(times: readonly TimeRow[], id: string): SafeHtml {
  const heads = [...QUANTILES.map(({ header }) => header), 'slowest', 'mean', 'count']
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table class="figures">
<thead><tr><th scope="col">time</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>
${times.map(timeRow)}</tbody>
</table></div>
<p class="remark">Below each percentile: its 95 % interval. Requests that wait behind the same pause are not independent, so that the intervals are rather too narrow.</p>
`
}

/** What each time is counted from and to; once for the whole page. */
export function glossary(times: readonly TimeRow[]): SafeHtml {
  const known = new Map(times.filter(({ meaning }) => meaning !== '').map((row) => [row.name, row]))
  return html`<dl class="glossary">${[...known.values()].map(({ label, meaning }) => html`<div><dt>${label}</dt><dd>${meaning}</dd></div>`)}</dl>
`
}

function timeRow({ label, whole, quantiles }: TimeRow): SafeHtml {
  const histogram = decodeHistogram(whole)
  const slowest = histogram === undefined ? '—' : formatQuantity(histogram.maxValue, 'ns')
  const count = countOf(whole)
  return html`<tr><th scope="row">${label}</th>${quantiles.map(quantileCell)}<td class="number">${slowest}</td><td class="number">${formatQuantity(whole.value, whole.unit)}</td><td class="number">${count === 0 ? '—' : count.toLocaleString('en-US')}</td></tr>
`
}

function quantileCell(metric: Metric | undefined): SafeHtml {
  if (metric === undefined) return html`<td class="number">—</td>`
  const { value, unit, interval } = metric
  const range =
    interval === undefined
      ? html``
      : html`<small>${formatQuantity(interval.low, unit)} – ${formatQuantity(interval.high, unit)}</small>`
  return html`<td class="number">${formatQuantity(value, unit)}${range}</td>`
}

/** What the whole consists of, such as the operations of a mix. */
export function partTable(parts: readonly PartView[], id: string): SafeHtml {
  const heads = [...QUANTILES.map(({ header }) => header), 'requests', 'failed']
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table class="figures">
<thead><tr><th scope="col">response time of</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>
${parts.map(
  ({ name, requests, quantiles, errorRatio }) =>
    html`<tr><th scope="row">${name}</th>${quantiles.map(quantileCell)}<td class="number">${requests.toLocaleString('en-US')}</td><td class="number">${errorRatio === undefined ? '—' : formatQuantity(errorRatio.value, 'ratio')}</td></tr>
`,
)}</tbody>
</table></div>
`
}

export function outcomeTable(outcomes: readonly OutcomeRow[], id: string): SafeHtml {
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table class="outcomes">
<thead><tr><th scope="col">outcome</th><th scope="col" class="number">requests</th><th scope="col" class="number">share</th><th scope="col">what it means</th></tr></thead>
<tbody>
${outcomes.map(outcomeRow)}</tbody>
</table></div>
`
}

function outcomeRow({ outcome, count, shareRatio, succeeded, meaning }: OutcomeRow): SafeHtml {
  const [mood, sign, word] = succeeded ? ['good', '✓', 'success'] : ['bad', '✗', 'failure']
  return html`<tr><th scope="row"><span class="${mood}" role="img" aria-label="${word}">${sign}</span> ${outcome}</th><td class="number">${count.toLocaleString('en-US')}</td><td class="number">${formatQuantity(shareRatio, 'ratio')}</td><td>${meaning}</td></tr>
`
}

export function slowTable(slow: SlowTime): SafeHtml {
  return html`<p>${slowTitle(slow, UNICODE)}.</p>
<table class="shares">
<thead><tr><th scope="col">part of the time</th><th scope="col" class="number">their time</th><th scope="col" class="number">more than usual</th></tr></thead>
<tbody>
${slow.parts.map(
  ({ label, share, excess }) =>
    html`<tr><th scope="row">${label}</th><td class="number">${shareText(share, UNICODE)}</td><td class="number">${shareText(excess, UNICODE)}</td></tr>
`,
)}</tbody>
</table>
`
}

/** The machine and the code, as far as they decide what the figures may be compared with. */
export function environmentTable({ environment, harness, source }: Run): SafeHtml {
  const rows = [...environmentRows(environment), ['measured by', `${harness.name} ${harness.version}`] as const]
  const commit =
    source.commit === null
      ? []
      : [['commit', `${source.commit}${source.dirty ? ', with uncommitted changes' : ''}`] as const]
  return html`<dl class="environment">${[...rows, ...commit].map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
`
}

function environmentRows(environment: Environment): (readonly [name: string, value: string])[] {
  const { containerCpuLimit, containerMemoryLimitBytes, nodeFlags } = environment
  return [
    ['id', environment.id],
    ['processor', `${environment.cpuCount} × ${environment.cpuModel}`],
    ['memory', formatQuantity(environment.memoryBytes, 'bytes')],
    ['system', `${environment.platform} ${environment.osRelease}, ${environment.arch}`],
    ['Node', `${environment.nodeVersion}, V8 ${environment.v8Version}`],
    ...(nodeFlags.length === 0 ? [] : [['Node flags', nodeFlags.join(' ')] as const]),
    ...(containerCpuLimit === null ? [] : [['container’s processors', String(containerCpuLimit)] as const]),
    ...(containerMemoryLimitBytes === null
      ? []
      : [['container’s memory', formatQuantity(containerMemoryLimitBytes, 'bytes')] as const]),
  ]
}
