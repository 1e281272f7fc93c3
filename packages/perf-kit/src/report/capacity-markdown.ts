import type { Run } from '../run/index.ts'
import { capacityView, type TrialRow } from './capacity-view.ts'
import { formatLasting } from './elapsed.ts'
import { contextLine } from './load-markdown.ts'
import { escapeMarkdown, markdownList } from './markdown-text.ts'

/** The Run of a search for a capacity as GitHub-flavoured Markdown. Ends with a line break. */
export function renderCapacityMarkdown(run: Run): string {
  const view = capacityView(run)
  const subject = view?.subject ?? run.suite
  const { state, reasons } = run.validity
  const sections = [
    [`### ${escapeMarkdown(subject)}`],
    [`**${escapeMarkdown(view?.sentence ?? 'Nothing was searched for.')}**`],
    state === 'valid' ? [] : markdownList(`This run is ${state}`, reasons),
    view === undefined || view.rows.length === 0 ? [] : trialTable(view.rows),
    markdownList(
      'Notes',
      run.warnings.map(({ message }) => message),
    ),
    [`${view?.rows.length ?? 0} trials in ${formatLasting(run.durationNs)}`],
    [contextLine(run)],
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function trialTable(rows: readonly TrialRow[]): string[] {
  return [
    '| rate | offered | achieved | p50 | p99 | errors | verdict | why |',
    '|---:|---:|---:|---:|---:|---:|:---|:---|',
    ...rows.map(({ asked, offered, achieved, p50, p99, errors, verdict, why }) => {
      const cells = [asked, offered, achieved, p50, p99, errors, verdict, why].map(escapeMarkdown)
      return `| ${cells.join(' | ')} |`
    }),
  ]
}
