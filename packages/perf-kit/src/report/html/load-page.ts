import type { Comparison } from '../../baseline/index.ts'
import type { Run } from '../../run/index.ts'
import { budgetLines } from '../budget-lines.ts'
import { type LoadView, loadViews } from '../load-view.ts'
import { repetitionsOf } from '../repetition-rows.ts'
import { doubtsHtml, headerHtml } from './headline.ts'
import { listSection } from './list-section.ts'
import { pageDocument } from './page-document.ts'
import { readPageFiles } from './page-files.ts'
import { PAGE_STYLE } from './page-style.ts'
import { html, type SafeHtml } from './safe-html.ts'
import { subjectSection } from './subject-section.ts'
import { environmentTable, glossary } from './tables.ts'
import { verdictsHtml } from './verdicts.ts'

/** The whole page of a load's Run. */
export async function loadPage(run: Run, comparison?: Comparison): Promise<string> {
  const views = loadViews(run)
  const sections = views.map((view, index) => {
    const repetitions = repetitionsOf(run, view.subject, comparison, { unicode: true })
    return subjectSection(view, index + 1, repetitions)
  })
  const { style, script } = await readPageFiles()
  const [first] = views
  return pageDocument({
    title: first === undefined ? `${run.suite} · ${run.kind} report` : `${first.subject} · ${run.kind} report`,
    style: `${style}\n${PAGE_STYLE}`,
    script,
    data: sections.flatMap(({ charts }) => charts.map(({ spec }) => spec)),
    body: html`<header>
${headerHtml(run)}</header>
<main>
${doubtsHtml(run)}${verdictsHtml(run, comparison)}${
  views.length === 0
    ? html`<p class="missing">Nothing was measured.</p>
`
    : ''
}${sections.map((section) => section.html)}${budgetsHtml(run)}${notesHtml(run)}${timesHtml(views)}<section aria-labelledby="environment">
<h2 id="environment">Where it was measured</h2>
${environmentTable(run)}</section>
</main>
<noscript><p class="missing">Charts need JavaScript; all figures are in the tables.</p></noscript>
`,
  })
}

function timesHtml(views: readonly LoadView[]): SafeHtml {
  const times = views.flatMap((view) => view.times)
  if (times.length === 0) return html``
  return html`<section aria-labelledby="times">
<h2 id="times">What the times are</h2>
${glossary(times)}</section>
`
}

function budgetsHtml(run: Run): SafeHtml {
  const lines = budgetLines(run, { unicode: true, colour: false })
  return listSection('Budgets', lines, 'signed')
}

function notesHtml({ warnings, failures }: Run): SafeHtml {
  return html`${listSection(
    'Notes',
    warnings.map(({ message }) => message),
  )}${listSection(
    'Failures',
    failures.map(({ subject, message, remedy }) => `${subject}: ${message}${remedy === '' ? '' : ` — ${remedy}`}`),
  )}`
}
