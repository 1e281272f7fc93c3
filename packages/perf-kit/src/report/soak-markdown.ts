import type { Run } from '../run/index.ts'
import { renderLoadMarkdown } from './load-markdown.ts'
import { escapeMarkdown } from './markdown-text.ts'
import { type SoakView, soakView } from './soak-view.ts'

/** A soak's Run as GitHub-flavoured Markdown: what grew, and its load. Ends with a line break. */
export function renderSoakMarkdown(run: Run): string {
  const view = soakView(run, { unicode: true })
  const load = renderLoadMarkdown(run)
  if (view === undefined) return load
  return `${[`**${escapeMarkdown(`${view.lasted}: ${view.sentence}`)}**`, ...signalTable(view)].join('\n')}\n\n${load}`
}

function signalTable({ signals }: SoakView): string[] {
  if (signals.length === 0) return []
  return [
    '',
    '| what it keeps | growth | |',
    '|:---|:---|:---|',
    ...signals.map(
      ({ sign, signal, growth, because }) =>
        `| ${sign} ${escapeMarkdown(signal)} | ${escapeMarkdown(growth)} | ${escapeMarkdown(because)} |`,
    ),
  ]
}
