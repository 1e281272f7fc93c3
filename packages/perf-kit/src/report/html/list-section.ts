import { html, type SafeHtml, textLines } from './safe-html.ts'

/** A heading and one item a line; nothing when there are none. */
export function listSection(title: string, items: readonly string[], look = ''): SafeHtml {
  if (items.length === 0) return html``
  return html`<section>
<h2>${title}</h2>
<ul class="${look}">${items.map((item) => html`<li>${textLines(item)}</li>`)}</ul>
</section>
`
}
