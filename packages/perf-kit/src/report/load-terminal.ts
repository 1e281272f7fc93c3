import { styleText } from 'node:util'
import type { Comparison } from '../baseline/index.ts'
import type { Run } from '../run/index.ts'
import { budgetLines } from './budget-lines.ts'
import { comparisonLines } from './comparison-lines.ts'
import { withDamageTold } from './decode-histogram.ts'
import { distributionValues } from './distribution.ts'
import { formatQuantity, formatSpread } from './format-quantity.ts'
import { histogramBlocks } from './histogram-blocks.ts'
import { type LoadView, loadViews, QUANTILES } from './load-view.ts'
import { mcpLines } from './mcp-lines.ts'
import { partTable } from './part-table.ts'
import { repetitionTable } from './repetition-table.ts'
import { slowLines } from './slow-lines.ts'
import { spell } from './spell.ts'
import { type Column, renderTable } from './table.ts'
import { targetLines } from './target-lines.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { wrapText } from './text-width.ts'
import { visibleText } from './visible-text.ts'

/** As much as fits on a screen; Markdown and the page have all. */
const SHOWN_TIMES = new Set([
  'responseTime',
  'responseTimeOk',
  'serviceTime',
  'connectTime',
  'sessionOpenTime',
  'sendLag',
])
const SHOWN_QUANTILES = new Set(['P50', 'P90', 'P99', 'P999'])
const INDENTED = new Set(['responseTimeOk'])

/**
 * A load's Run for people at a terminal. Ends with a line break.
 *
 * @param comparison - of repetitions with the baseline
 */
export function renderLoadTerminal(stored: Run, options: TerminalOptions, comparison?: Comparison): string {
  const { run } = withDamageTold(stored)
  const views = loadViews(run)
  const sections =
    views.length === 0
      ? [['nothing was measured']]
      : views.map((view) => [
          ...subjectSection(view, options),
          ...withGap(repetitionTable(run, view.subject, options, comparison)),
        ])
  const budgets = budgetLines(run, options).flatMap((line) => wrapText(line, options.widthColumns))
  const doubts = run.validity.reasons.flatMap((reason) => hanging('!', reason, options))
  const notes = run.warnings.flatMap(({ message }) => hanging(options.unicode ? '—' : '-', message, options))
  const state = run.validity.state === 'valid' ? [] : [`${run.validity.state}:`, ...doubts]
  const verdicts = comparisonLines(run, comparison).flatMap((line) =>
    wrapText(visibleText(spell(line, options.unicode)), options.widthColumns, '  '),
  )
  return `${[...sections, budgets, notes, state, verdicts]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** A sign, and text that wraps beside it. */
export function hanging(sign: string, text: string, { widthColumns }: TerminalOptions): string[] {
  return wrapText(visibleText(text), widthColumns - 2).map((line, index) => `${index === 0 ? sign : ' '} ${line}`)
}

function subjectSection(view: LoadView, options: TerminalOptions): string[] {
  const title = visibleText(view.subject)
  return [
    options.colour ? styleText(['bold', 'underline'], title, { validateStream: false }) : title,
    ...rateLines(view, options),
    ...withGap(timeTable(view, options)),
    ...withGap(partTable(view.parts, options)),
    ...withGap(mcpLines(view, options)),
    ...withGap(outcomeLines(view, options)),
    ...withGap(slowLines(view.slow, options)),
    ...targetLines(view.find, options),
  ]
}

function withGap(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

function rateLines({ goodput, notSentRatio }: LoadView, { unicode }: TerminalOptions): string[] {
  if (goodput === undefined) return []
  const shown = formatQuantity(goodput.value, 'perSec', { unicode })
  const dropped = notSentRatio?.value ?? 0
  return [
    `${shown} succeeded ${formatSpread(goodput.value, goodput.interval, { unicode })}`,
    ...(dropped > 0 ? [`${formatQuantity(dropped, 'ratio', { unicode })} were due and not sent`] : []),
  ]
}

function timeTable({ times }: LoadView, { unicode, widthColumns }: TerminalOptions): string[] {
  const rows = times.filter(({ name }) => SHOWN_TIMES.has(name))
  if (rows.length === 0) return []
  const percentiles = QUANTILES.map(({ suffix, header }, index): Column & { readonly suffix: string } => ({
    suffix,
    header,
    align: 'right',
    cells: rows.map(({ quantiles }) => {
      const metric = quantiles[index]
      return { text: metric === undefined ? '' : formatQuantity(metric.value, metric.unit, { unicode }) }
    }),
  }))
  const columns: Column[] = [
    {
      header: '',
      align: 'left',
      cells: rows.map(({ name, label }) => ({ text: INDENTED.has(name) ? `  ${label}` : label })),
    },
    ...percentiles.filter(({ suffix }) => SHOWN_QUANTILES.has(suffix)),
    {
      header: '',
      align: 'left',
      cells: rows.map(({ whole }) => ({ text: histogramBlocks(distributionValues(whole), { unicode }) })),
    },
  ]
  return renderTable(columns, widthColumns, unicode ? '…' : '..')
}

function outcomeLines({ outcomes }: LoadView, { colour, unicode }: TerminalOptions): string[] {
  return outcomes.map(({ outcome, count, succeeded, meaning }) => {
    const explained = succeeded || meaning === '' ? '' : ` (${meaning})`
    const line = `${count.toLocaleString('en-US')} ${unicode ? '×' : 'x'} ${visibleText(outcome)}${explained}`
    return colour && !succeeded ? styleText('red', line, { validateStream: false }) : line
  })
}
