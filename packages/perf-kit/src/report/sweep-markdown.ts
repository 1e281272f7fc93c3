import type { Comparison } from '../baseline/index.ts'
import type { Run } from '../run/index.ts'
import { withDamageTold } from './decode-histogram.ts'
import { contextLine, doubts, repetitionTable, verdictLines } from './load-markdown.ts'
import { escapeMarkdown, markdownList } from './markdown-text.ts'
import { sweepColumns } from './sweep-cells.ts'
import { sweepRepetitions } from './sweep-repetitions.ts'
import { sweepView } from './sweep-view.ts'

/**
 * A sweep's Run as GitHub-flavoured Markdown, for comments and job summaries. Ends with a line break.
 *
 * @param comparison - of repetitions with the baseline
 */
export function renderSweepMarkdown(stored: Run, comparison?: Comparison): string {
  const { run } = withDamageTold(stored)
  const { validity, failures } = run
  const { title, rows, sentences, notes } = sweepView(run)
  const columns = sweepColumns(rows, { unicode: true })
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const sections = [
    validity.state === 'valid' ? [] : [`**This run is ${validity.state}.**`, ...doubts(validity.reasons)],
    verdictLines(run, comparison),
    [`### ${escapeMarkdown(title)}`],
    sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`),
    rows.length === 0
      ? ['Nothing was measured.']
      : [
          line(columns.map(({ header }) => header)),
          `|${columns.map(({ align }) => (align === 'left' ? ':---' : '---:')).join('|')}|`,
          ...rows.map((row) => line(columns.map(({ text }) => escapeMarkdown(text(row))))),
        ],
    repetitionTable(sweepRepetitions(run, rows, comparison, { unicode: true })),
    markdownList(
      'Failures',
      failures.map(({ subject, message }) => `${subject}: ${message}`),
    ),
    markdownList('Notes', notes),
    [contextLine(run)],
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}
