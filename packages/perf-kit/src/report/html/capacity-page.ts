import type { Run } from '../../run/index.ts'
import { type CapacityView, capacityView, rateText, type TrialRow } from '../capacity-view.ts'
import { capacityChart } from './capacity-chart.ts'
import { figureHtml } from './figure.ts'
import { doubtsHtml, headerHtml } from './headline.ts'
import { listSection } from './list-section.ts'
import { pageDocument } from './page-document.ts'
import { readPageFiles } from './page-files.ts'
import { PAGE_STYLE } from './page-style.ts'
import { html, type SafeHtml } from './safe-html.ts'
import { environmentTable } from './tables.ts'

const MOODS = { met: 'good', broken: 'bad', undecided: '', unusable: '' } as const

/** The whole page of a search for a capacity: the answer, the chart it can be seen in, and every trial. */
export async function capacityPage(run: Run): Promise<string> {
  const view = capacityView(run)
  const chart = view === undefined ? undefined : capacityChart(view.capacity, 'capacity-chart')
  const subject = view?.subject ?? run.suite
  const { style, script } = await readPageFiles()
  return pageDocument({
    title: `${subject} · capacity`,
    style: `${style}\n${PAGE_STYLE}`,
    script,
    data: chart === undefined ? [] : [chart.spec],
    body: html`<header>
${headerHtml(run)}</header>
<main>
${doubtsHtml(run)}<section aria-labelledby="capacity">
<h2 id="capacity" class="subject">${subject}</h2>
<p><strong>${view?.sentence ?? 'Nothing was searched for.'}</strong></p>
${view === undefined ? '' : keyFigures(view)}${chart === undefined ? '' : figureHtml(chart)}${view === undefined ? '' : trialTable(view.rows)}</section>
${listSection(
  'Notes',
  run.warnings.map(({ message }) => message),
)}<section aria-labelledby="environment">
<h2 id="environment">Where it was measured</h2>
${environmentTable(run)}</section>
</main>
<noscript><p class="missing">Charts need JavaScript; all figures are in the tables.</p></noscript>
`,
  })
}

function keyFigures({ capacity: { answer, precisionRatio, trials } }: CapacityView): SafeHtml {
  const figures =
    answer.kind === 'interval'
      ? [
          ['capacity', rateText(answer.valuePerSec)],
          ['not below', rateText(answer.lowPerSec)],
          ['not above', rateText(answer.highPerSec)],
        ]
      : answer.kind === 'unknown'
        ? []
        : [[answer.kind === 'atLeast' ? 'at least' : 'below', rateText(answer.perSec)]]
  const all = [
    ...figures,
    ['asked for', `${Number((100 * precisionRatio).toPrecision(3))} %`],
    ['trials', String(trials.length)],
  ]
  return html`<dl class="key-figures">${all.map(([label = '', value = '']) => html`<div class=""><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
`
}

function trialTable(rows: readonly TrialRow[]): SafeHtml {
  if (rows.length === 0) return html``
  const heads = ['rate', 'offered', 'achieved', 'p50', 'p99', 'errors']
  return html`<h3 id="trials">Every trial</h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="trials"><table class="outcomes">
<thead><tr>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}<th scope="col">verdict</th><th scope="col">why</th></tr></thead>
<tbody>
${rows.map(rowHtml)}</tbody>
</table></div>
`
}

function rowHtml({ asked, offered, achieved, p50, p99, errors, verdict, why, trial }: TrialRow): SafeHtml {
  const mood = trial.verdict === null ? '' : MOODS[trial.verdict]
  return html`<tr><th scope="row" class="number">${asked}</th>${[offered, achieved, p50, p99, errors].map((text) => html`<td class="number">${text}</td>`)}<td><span class="${mood}">${verdict}</span></td><td>${why}</td></tr>
`
}
