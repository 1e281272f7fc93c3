import type { Comparison } from '../../baseline/index.ts'
import type { Run } from '../../run/index.ts'
import { comparisonLines } from '../comparison-lines.ts'
import { html, type SafeHtml } from './safe-html.ts'

/** What the baseline says; before the figures, because it is what they were measured for. */
export function verdictsHtml(run: Run, comparison: Comparison | undefined): SafeHtml {
  const [result, ...others] = comparisonLines(run, comparison)
  if (result === undefined) return html``
  return html`<section aria-labelledby="verdict">
<h2 id="verdict">Against the baseline</h2>
<p><strong>${result}</strong></p>
${others.map(
  (line) => html`<p class="remark">${line}</p>
`,
)}</section>
`
}
