import { styleText } from 'node:util'
import type { Comparison } from '../baseline/index.ts'
import type { Run } from '../run/index.ts'
import { comparisonLines } from './comparison-lines.ts'
import { withDamageTold } from './decode-histogram.ts'
import { hanging } from './load-terminal.ts'
import { repetitionLines } from './repetition-table.ts'
import { spell } from './spell.ts'
import { sweepColumns } from './sweep-cells.ts'
import { sweepRepetitions } from './sweep-repetitions.ts'
import { sweepView } from './sweep-view.ts'
import { renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { wrapText } from './text-width.ts'
import { visibleText } from './visible-text.ts'

/**
 * A sweep's Run for people at a terminal: what was found, then the figures. Ends with a line break.
 *
 * @param comparison - of repetitions with the baseline
 */
export function renderSweepTerminal(stored: Run, options: TerminalOptions, comparison?: Comparison): string {
  const { run } = withDamageTold(stored)
  const { title, rows, sentences, notes } = sweepView(run)
  const { unicode, colour, widthColumns } = options
  const shown = visibleText(title)
  const columns = sweepColumns(rows, { unicode }).map(({ header, align, text }, index, all) => ({
    header,
    align,
    // Names of processes may be long.
    ...(index === all.length - 1 ? { shrinkTo: 10 } : {}),
    cells: rows.map((row) => ({ text: visibleText(text(row)) })),
  }))
  const list = (sign: string, texts: readonly string[]): string[] =>
    texts.flatMap((text) => hanging(sign, spelt(text, unicode), options))
  const repetitions = sweepRepetitions(run, rows, comparison, options)
  const sections = [
    [
      colour ? styleText(['bold', 'underline'], shown, { validateStream: false }) : shown,
      ...list(unicode ? '•' : '*', sentences),
    ],
    rows.length === 0 ? ['nothing was measured'] : renderTable(columns, widthColumns, unicode ? '…' : '..'),
    repetitions === undefined ? [] : repetitionLines(repetitions, options),
    list(
      '!',
      run.failures.map(({ subject, message }) => `${subject}: ${message.replaceAll('\n', ' ')}`),
    ),
    list(unicode ? '—' : '-', notes),
    run.validity.state === 'valid' ? [] : [`${run.validity.state}:`, ...list('!', run.validity.reasons)],
    comparisonLines(run, comparison).flatMap((line) => wrapText(visibleText(spelt(line, unicode)), widthColumns, '  ')),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** The law's letters too. */
function spelt(text: string, unicode: boolean): string {
  if (unicode) return text
  return spell(text, unicode).replaceAll('σ', 'sigma').replaceAll('κ', 'kappa').replaceAll('²', '^2')
}
