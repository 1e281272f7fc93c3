import type { Chart } from './chart.ts'
import type { ChartLine } from './chart-spec.ts'
import { html, type SafeHtml } from './safe-html.ts'

/** A chart's place in the page: its words and figures are there without a program, and the program draws into it. */
export function figureHtml({ spec, title, summary, remarks, table }: Chart): SafeHtml {
  return html`<figure id="${spec.id}" class="chart${spec.isLow ? ' low' : ''}">
<figcaption><h3>${title}</h3><p>${summary}</p></figcaption>
<div class="keys" role="group" aria-label="Lines of this chart"><output class="at"></output>${spec.lines.map(keyHtml)}</div>
<div class="plot" role="img" tabindex="0" aria-label="${`${title}. ${summary} Arrow keys read values, Escape ends that.`}"></div>
<p class="spoken" role="status"></p>
${remarks.map(
  (remark) => html`<p class="remark">${remark}</p>
`,
)}<details><summary>The figures</summary><div class="scroll" tabindex="0" role="region" aria-label="${`${title}: the figures`}">${table}</div></details>
</figure>
`
}

/** Colour, dash and name, so that none of them alone has to tell. Pressing it hides the line. */
function keyHtml({ label, colour, dash, widthPx, isUnjoined }: ChartLine): SafeHtml {
  const stroke = html`stroke="var(--line-${colour})" stroke-width="${widthPx}"`
  const picture =
    isUnjoined === true
      ? html`<circle cx="13" cy="4" r="3" fill="var(--line-${colour})"/>`
      : html`<line x1="0" y1="4" x2="26" y2="4" ${stroke} stroke-dasharray="${dash.length === 0 ? 'none' : dash.join(' ')}"/>`
  return html`<button type="button" class="key" aria-pressed="true"><svg viewBox="0 0 26 8" aria-hidden="true">${picture}</svg><span>${label}</span> <output></output></button>`
}
