import type { Comparison } from '../../baseline/index.ts'
import type { Run } from '../../run/index.ts'
import { sweepColumns } from '../sweep-cells.ts'
import { sweepRepetitions } from '../sweep-repetitions.ts'
import { type SweepView, sweepView } from '../sweep-view.ts'
import { figureHtml } from './figure.ts'
import { doubtsHtml, headerHtml } from './headline.ts'
import { listSection } from './list-section.ts'
import { pageDocument } from './page-document.ts'
import { readPageFiles } from './page-files.ts'
import { PAGE_STYLE } from './page-style.ts'
import { repetitionTable } from './repetition-table.ts'
import { html, type SafeHtml } from './safe-html.ts'
import { capitalised } from './sentence.ts'
import { sweepChart, sweepTimes } from './sweep-chart.ts'
import { environmentTable } from './tables.ts'
import { verdictsHtml } from './verdicts.ts'

/** The whole page of a sweep's Run. */
export async function sweepPage(run: Run, comparison?: Comparison): Promise<string> {
  const view = sweepView(run)
  const repetitions = sweepRepetitions(run, view.rows, comparison, { unicode: true })
  const charts = [sweepChart(view, 'sweep-throughput'), sweepTimes(view, 'sweep-times')].filter(
    (chart) => chart !== undefined,
  )
  const { style, script } = await readPageFiles()
  return pageDocument({
    title: `${view.title} · ${run.kind} report`,
    style: `${style}\n${PAGE_STYLE}`,
    script,
    data: charts.map(({ spec }) => spec),
    body: html`<header>
${headerHtml(run)}</header>
<main>
${doubtsHtml(run)}${verdictsHtml(run, comparison)}<section aria-labelledby="sweep-title">
<h2 id="sweep-title" class="subject">${view.title}</h2>
<ul>${view.sentences.map((sentence) => html`<li>${capitalised(sentence)}.</li>`)}</ul>
${charts.map(figureHtml)}${levelTable(view)}${repetitions === undefined ? '' : repetitionTable(repetitions, 'sweep-repetitions')}</section>
${listSection(
  'Values that could not be measured',
  run.failures.map(({ subject, message, remedy }) => `${subject}: ${message}${remedy === '' ? '' : ` — ${remedy}`}`),
)}${listSection('Notes', view.notes)}<section aria-labelledby="environment">
<h2 id="environment">Where it was measured</h2>
${environmentTable(run)}</section>
</main>
<noscript><p class="missing">Charts need JavaScript; all figures are in the tables.</p></noscript>
`,
  })
}

function levelTable({ rows }: SweepView): SafeHtml {
  if (rows.length === 0) {
    return html`<p class="missing">Nothing was measured.</p>
`
  }
  const columns = sweepColumns(rows, { unicode: true })
  const look = (align: 'left' | 'right'): string => (align === 'right' ? 'number' : '')
  return html`<h3 id="sweep-values">Each value</h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="sweep-values"><table class="figures">
<thead><tr>${columns.map(({ header, align }) => html`<th scope="col" class="${look(align)}">${header === '' ? 'value' : header}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) =>
    html`<tr>${columns.map(({ text, align }, index) =>
      index === 0 ? html`<th scope="row">${text(row)}</th>` : html`<td class="${look(align)}">${text(row)}</td>`,
    )}</tr>
`,
)}</tbody>
</table></div>
`
}
