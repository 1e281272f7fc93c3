import type { Comparison } from '../baseline/index.ts'
import type { Metric, Run } from '../run/index.ts'
import { budgetLines } from './budget-lines.ts'
import { comparisonLines } from './comparison-lines.ts'
import { withDamageTold } from './decode-histogram.ts'
import { distributionValues } from './distribution.ts'
import { formatLasting } from './elapsed.ts'
import { formatQuantity, formatSpread } from './format-quantity.ts'
import { histogramBlocks } from './histogram-blocks.ts'
import { type LoadView, loadViews, type OutcomeRow, QUANTILES, type TimeRow } from './load-view.ts'
import { codeCell, escapeMarkdown, markdownList } from './markdown-text.ts'
import { mcpLines } from './mcp-lines.ts'
import { type Repetitions, repetitionsOf } from './repetition-rows.ts'
import { seriesLabel } from './series-label.ts'
import { type SlowTime, shareText, slowTitle } from './slow-time.ts'
import { highestOf, sparkline } from './sparkline.ts'
import { targetLines } from './target-lines.ts'

const UNICODE = { unicode: true }

/**
 * A load's Run as GitHub-flavoured Markdown, for comments and job summaries. Ends with a line break.
 *
 * @param comparison - of repetitions with the baseline
 */
export function renderLoadMarkdown(stored: Run, comparison?: Comparison): string {
  const { run } = withDamageTold(stored)
  const { validity } = run
  const views = loadViews(run)
  const sections = [
    validity.state === 'valid' ? [] : [`**This run is ${validity.state}.**`, ...doubts(validity.reasons)],
    verdictLines(run, comparison),
    ...(views.length === 0
      ? [['Nothing was measured.']]
      : views.flatMap((view) => subjectSections(view, repetitionsOf(run, view.subject, comparison, UNICODE)))),
    markdownList('Budgets', budgetLines(run, { unicode: true, colour: false })),
    markdownList(
      'Notes',
      run.warnings.map(({ message }) => message),
    ),
    [contextLine(run)],
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

export function doubts(reasons: readonly string[]): string[] {
  return ['', ...reasons.map((reason) => `- ${escapeMarkdown(reason.replaceAll('\n', ' '))}`)]
}

/** What a reader of a comment looks for first. */
export function verdictLines(run: Run, comparison: Comparison | undefined): string[] {
  const [result, ...others] = comparisonLines(run, comparison)
  if (result === undefined) return []
  return [`**${escapeMarkdown(result)}**`, ...others.map((line) => `\n${escapeMarkdown(line)}`)]
}

function subjectSections(view: LoadView, repetitions: Repetitions | undefined): string[][] {
  return [
    [`### ${escapeMarkdown(view.subject)}`],
    rateLine(view),
    repetitionTable(repetitions),
    timeTable(view.times),
    partTable(view.parts),
    mcpLines(view, UNICODE).map((line) => `- ${escapeMarkdown(line)}`),
    outcomeTable(view.outcomes),
    slowTable(view.slow),
    insideTarget(view),
    seriesTable(view.series),
  ]
}

function rateLine({ goodput, errorRatio, notSentRatio }: LoadView): string[] {
  if (goodput === undefined) return []
  const share = (metric: Metric | undefined, words: string): string[] =>
    metric === undefined || metric.value === 0 ? [] : [`${formatQuantity(metric.value, 'ratio')} ${words}`]
  const parts = [
    `**${formatQuantity(goodput.value, 'perSec')} succeeded** ${formatSpread(goodput.value, goodput.interval, UNICODE)}`,
    ...share(errorRatio, 'failed'),
    ...share(notSentRatio, 'were due and not sent'),
  ]
  return [parts.join(' · ')]
}

export function repetitionTable(repetitions: Repetitions | undefined): string[] {
  if (repetitions === undefined) return []
  const hasVerdicts = repetitions.rows.some(({ words }) => words !== '')
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line([repetitions.title, 'median', 'from … to', ...(hasVerdicts ? ['verdict'] : [])]),
    `|:---|---:|---:|${hasVerdicts ? ':---|' : ''}`,
    ...repetitions.rows.map(({ label, median, range, words }) =>
      line([escapeMarkdown(label), median, range, ...(hasVerdicts ? [escapeMarkdown(words)] : [])]),
    ),
  ]
}

function timeTable(times: readonly TimeRow[]): string[] {
  if (times.length === 0) return []
  return [
    `| time | ${QUANTILES.map(({ header }) => header).join(' | ')} | distribution |`,
    `|:---|${'---:|'.repeat(QUANTILES.length)}:---|`,
    ...times.map(({ label, whole, quantiles }) => {
      const figures = quantiles.map((metric) => (metric === undefined ? '' : formatQuantity(metric.value, metric.unit)))
      const shape = codeCell(histogramBlocks(distributionValues(whole), UNICODE))
      return `| ${[escapeMarkdown(label), ...figures, shape].join(' | ')} |`
    }),
  ]
}

function partTable(parts: LoadView['parts']): string[] {
  if (parts.length === 0) return []
  const shown = (metric: Metric | undefined): string =>
    metric === undefined ? '' : formatQuantity(metric.value, metric.unit)
  return [
    `| response time of | ${QUANTILES.map(({ header }) => header).join(' | ')} | requests | failed |`,
    `|:---|${'---:|'.repeat(QUANTILES.length + 2)}`,
    ...parts.map(({ name, requests, quantiles, errorRatio }) => {
      const figures = [...quantiles.map(shown), requests.toLocaleString('en-US'), shown(errorRatio)]
      return `| ${[escapeMarkdown(name), ...figures].join(' | ')} |`
    }),
  ]
}

function outcomeTable(outcomes: readonly OutcomeRow[]): string[] {
  if (outcomes.length === 0) return []
  return [
    '| outcome | requests | share | what it means |',
    '|:---|---:|---:|:---|',
    ...outcomes.map(({ outcome, count, shareRatio, succeeded, meaning }) => {
      const share = formatQuantity(shareRatio, 'ratio')
      const sign = succeeded ? '✓' : '✗'
      return `| ${sign} ${escapeMarkdown(outcome)} | ${count.toLocaleString('en-US')} | ${share} | ${escapeMarkdown(meaning)} |`
    }),
  ]
}

function slowTable(slow: SlowTime | undefined): string[] {
  if (slow === undefined) return []
  return [
    escapeMarkdown(slowTitle(slow, UNICODE)),
    '',
    '| part | their time | more than usual |',
    '|:---|---:|---:|',
    ...slow.parts.map(
      ({ label, share, excess }) =>
        `| ${escapeMarkdown(label)} | ${shareText(share, UNICODE)} | ${shareText(excess, UNICODE)} |`,
    ),
  ]
}

function insideTarget({ find }: LoadView): string[] {
  return targetLines(find, UNICODE)
    .filter((line) => line !== '')
    .map((line, index) => `${index === 0 ? '' : '<br>'}${escapeMarkdown(line.trim())}`)
}

/** What was nothing all the time is not worth a line. */
function seriesTable(series: LoadView['series']): string[] {
  const shown = series.filter(({ values }) => values.some((value) => value !== null && value !== 0))
  if (shown.length === 0) return []
  return [
    '| over time | highest | |',
    '|:---|---:|:---|',
    ...shown.map(({ name, unit, values }) => {
      const highest = formatQuantity(highestOf(values) ?? 0, unit)
      return `| ${escapeMarkdown(seriesLabel(name))} | ${highest} | ${codeCell(sparkline(values))} |`
    }),
  ]
}

/** When, where and with what it was measured. */
export function contextLine({ startedAt, durationNs, environment, harness }: Run): string {
  const { id, cpuModel, cpuCount, nodeVersion } = environment
  const facts = [
    `${startedAt.slice(0, 19).replace('T', ' ')} UTC`,
    formatLasting(durationNs),
    `${cpuCount} × ${cpuModel}`,
    `Node ${nodeVersion}`,
    `perf-kit ${harness.version}`,
    id,
  ]
  return `<sub>${escapeMarkdown(facts.join(' · '))}</sub>`
}
