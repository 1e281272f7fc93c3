import type { Run } from '../../run/index.ts'
import { budgetLines } from '../budget-lines.ts'
import { loadViews } from '../load-view.ts'
import { type SoakView, soakView, stateWord } from '../soak-view.ts'
import type { Chart } from './chart.ts'
import { figureHtml } from './figure.ts'
import { doubtsHtml, headerHtml } from './headline.ts'
import { keptCharts } from './kept-charts.ts'
import { listSection } from './list-section.ts'
import { pageDocument } from './page-document.ts'
import { readPageFiles } from './page-files.ts'
import { PAGE_STYLE } from './page-style.ts'
import { html, type SafeHtml } from './safe-html.ts'
import { capitalised } from './sentence.ts'
import { subjectSection } from './subject-section.ts'
import { environmentTable, glossary } from './tables.ts'

const MOODS = { leaking: 'bad', steady: 'good', inconclusive: '' } as const

/** The whole page of a soak's Run: what grew, before how it went. */
export async function soakPage(run: Run): Promise<string> {
  const views = loadViews(run)
  const soak = soakView(run, { unicode: true })
  const sections = views.map((view, index) => subjectSection(view, index + 1))
  // They share the cursor of the charts of the load.
  const kept = keptCharts(run.series ?? [], 'subject-1-time')
  const { style, script } = await readPageFiles()
  const charts = [...kept, ...sections.flatMap((section) => section.charts)]
  return pageDocument({
    title: `${views[0]?.subject ?? run.suite} · ${run.kind} report`,
    style: `${style}\n${PAGE_STYLE}`,
    script,
    data: charts.map(({ spec }) => spec),
    body: html`<header>
${headerHtml(run)}</header>
<main>
${doubtsHtml(run)}${soak === undefined ? '' : verdictHtml(soak, kept)}${sections.map((section) => section.html)}${listSection(
  'Budgets',
  budgetLines(run, { unicode: true, colour: false }),
  'signed',
)}${soak === undefined ? '' : partsHtml(soak)}${listSection(
  'Notes',
  run.warnings.map(({ message }) => message),
)}${glossaryHtml(views.flatMap(({ times }) => times))}<section aria-labelledby="environment">
<h2 id="environment">Where it was measured</h2>
${environmentTable(run)}</section>
</main>
<noscript><p class="missing">Charts need JavaScript; all figures are in the tables.</p></noscript>
`,
  })
}

function glossaryHtml(times: Parameters<typeof glossary>[0]): SafeHtml {
  if (times.length === 0) return html``
  return html`<section aria-labelledby="times">
<h2 id="times">What the times are</h2>
${glossary(times)}</section>
`
}

function verdictHtml({ state, sentence, signals, lasted }: SoakView, kept: readonly Chart[]): SafeHtml {
  return html`<section aria-labelledby="verdict">
<h2 id="verdict">${capitalised(stateWord(state))}</h2>
<p><strong>${capitalised(lasted)}: ${sentence}.</strong></p>
${
  signals.length === 0
    ? ''
    : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="verdict"><table class="outcomes">
<thead><tr><th scope="col">what it keeps</th><th scope="col">growth, with its interval of 95 %</th><th scope="col">why</th></tr></thead>
<tbody>
${signals.map(
  (row) =>
    html`<tr><th scope="row"><span class="${MOODS[row.state]}" role="img" aria-label="${row.state}">${row.sign}</span> ${row.signal}</th><td>${row.growth === '' ? '—' : row.growth}</td><td>${row.because}</td></tr>
`,
)}</tbody>
</table></div>
`
}${kept.map(figureHtml)}</section>
`
}

/** One that came to its end needs no table. */
function partsHtml({ parts }: SoakView): SafeHtml {
  if (parts.length < 2 && parts.every(({ isWrong }) => !isWrong)) return html``
  return html`<section aria-labelledby="parts">
<h2 id="parts">Its parts</h2>
<table class="figures">
<thead><tr><th scope="col">part</th><th scope="col" class="number">from</th><th scope="col" class="number">lasted</th><th scope="col">how it ended</th></tr></thead>
<tbody>
${parts.map(
  ({ number, from, lasted, end }) =>
    html`<tr><th scope="row">${number}</th><td class="number">${from}</td><td class="number">${lasted}</td><td>${end}</td></tr>
`,
)}</tbody>
</table>
</section>
`
}
