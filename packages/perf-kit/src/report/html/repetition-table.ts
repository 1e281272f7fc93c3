import type { RepetitionRow, Repetitions } from '../repetition-rows.ts'
import { html, type SafeHtml } from './safe-html.ts'

/** What is known of each repetition, and what the baseline says of it. */
export function repetitionTable({ title, rows }: Repetitions, id: string): SafeHtml {
  const hasVerdicts = rows.some(({ words }) => words !== '')
  return html`<h3 id="${id}">${title}</h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table class="figures">
<thead><tr><th scope="col">metric</th><th scope="col" class="number">median</th><th scope="col" class="number">from … to</th>${hasVerdicts ? html`<th scope="col">verdict</th>` : ''}</tr></thead>
<tbody>
${rows.map((row) => repetitionRow(row, hasVerdicts))}</tbody>
</table></div>
`
}

function repetitionRow(row: RepetitionRow, hasVerdicts: boolean): SafeHtml {
  const { label, median, range } = row
  return html`<tr><th scope="row">${label}</th><td class="number">${median}</td><td class="number">${range}</td>${hasVerdicts ? verdictCell(row) : ''}</tr>
`
}

/** Its sign and its word say it, and colour says it again. */
function verdictCell({ words, verdict }: RepetitionRow): SafeHtml {
  const moods = { passed: 'good', improved: 'good', regressed: 'bad', inconclusive: '' } as const
  return html`<td class="${verdict === undefined ? '' : moods[verdict.state]}">${words}</td>`
}
