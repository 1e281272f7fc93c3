import { styleText } from 'node:util'
import {
  growthIn,
  type HeapDiff,
  type HeapString,
  type HeapSummary,
  leakingClasses,
  type RequestMultiple,
  type RetainerPath,
  stepsOf,
} from '../memory/index.ts'
import { formatQuantity } from './format-quantity.ts'
import { hanging } from './load-terminal.ts'
import { type Column, renderTable } from './table.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { visibleText } from './visible-text.ts'

export interface HeapReportOptions extends TerminalOptions {
  /** rows of the table */
  readonly top: number
}

const NAME_WIDTH = 24

/** How a heap's classes have grown, for people at a terminal. Ends with a line break. */
export function renderHeapDiff(diff: HeapDiff, options: HeapReportOptions): string {
  const grown = diff.classes.filter(({ counts, selfBytes }) => growthIn(counts) > 0 || growthIn(selfBytes) > 0)
  const steps = diff.snapshots.length - 1
  const columns: Column[] = [
    nameColumn(grown, options),
    ...Array.from(
      { length: steps },
      (_, step): Column => ({
        header: steps === 1 ? 'more objects' : `${arrowed([String(step + 1), String(step + 2)], options)}`,
        align: 'right',
        cells: shownOf(grown, options).map(({ counts }) => ({
          text: signed(stepsOf(counts)[step] ?? 0, countText, options),
        })),
      }),
    ),
    rightColumn('objects', grown, options, ({ counts }) => countText(counts.at(-1) ?? 0)),
    rightColumn('more bytes', grown, options, ({ selfBytes }) =>
      signed(growthIn(selfBytes), (bytes) => bytesText(bytes, options), options),
    ),
    rightColumn('bytes', grown, options, ({ selfBytes }) => bytesText(selfBytes.at(-1) ?? 0, options)),
    rightColumn('a request', grown, options, ({ leak }) => (leak === undefined ? '' : multipleText(leak))),
  ]
  return sections([
    [
      titled(
        arrowed(
          diff.snapshots.map(({ file }) => visibleText(file)),
          options,
        ),
        options,
      ),
      [
        `${arrowed(
          diff.snapshots.map(({ count }) => countText(count)),
          options,
        )} objects`,
        arrowed(
          diff.snapshots.map(({ selfBytes }) => bytesText(selfBytes, options)),
          options,
        ),
      ].join(options.unicode ? ' · ' : ', '),
    ],
    grown.length === 0 ? ['nothing has grown'] : tableOf(columns, grown.length, options),
    leakLines(diff, options),
    pathLines(diff.paths ?? [], options),
    stringLines('largest of the new strings:', diff.newStrings, options),
  ])
}

/** What there is on a heap, for people at a terminal. Ends with a line break. */
export function renderHeapSummary(
  summary: HeapSummary & { readonly strings?: readonly HeapString[] },
  options: HeapReportOptions,
): string {
  const { classes, count, selfBytes, file, strings } = summary
  const columns = [
    nameColumn(classes, options),
    rightColumn('objects', classes, options, (each) => countText(each.count)),
    rightColumn('bytes', classes, options, (each) => bytesText(each.selfBytes, options)),
    rightColumn('share', classes, options, (each) => formatQuantity(each.selfBytes / selfBytes, 'ratio', options)),
  ]
  return sections([
    [titled(visibleText(file), options), `${countText(count)} objects, ${bytesText(selfBytes, options)}`],
    tableOf(columns, classes.length, options),
    stringLines('largest strings:', strings, options),
  ])
}

/** Which classes grow with the requests, and how sure that is. */
function leakLines(diff: HeapDiff, options: HeapReportOptions): string[] {
  const { requests, snapshots } = diff
  if (requests === undefined) return []
  const leaking = leakingClasses(diff)
  const often = snapshots.length === 2 ? 'once' : 'twice'
  if (leaking.length === 0) return [`no class grew by a multiple of ${countText(requests)} requests`]
  const lines = leaking
    .slice(0, options.top)
    .flatMap(({ name, leak }) => hanging('!', `${name}: ${multipleText(leak)} a request, ${often}`, options))
  const doubts = [
    ...(snapshots.length === 2 ? ['once may be chance: take a third snapshot after as many requests'] : []),
    ...(leaking.some(({ leak }) => leak.fit === 'about')
      ? ['"about" may be chance: try again with another number of requests']
      : []),
  ]
  const doubt = doubts.flatMap((text) => hanging(options.unicode ? '—' : '-', text, options))
  return [...lines, ...doubt]
}

function multipleText({ perRequest, fit }: RequestMultiple): string {
  return fit === 'exact' ? String(perRequest) : `about ${perRequest}`
}

function pathLines(paths: readonly RetainerPath[], options: HeapReportOptions): string[] {
  if (paths.length === 0) return []
  const lines = paths.flatMap(({ name, path, count, sampled }) => {
    const shown = `${name} (${count} of ${sampled}): ${arrowed(path, options)}`
    return hanging(options.unicode ? '•' : '*', options.unicode ? shown : shown.replaceAll('…', '..'), options)
  })
  return ['what keeps the new ones:', ...lines]
}

function stringLines(title: string, strings: readonly HeapString[] | undefined, options: HeapReportOptions): string[] {
  if (strings === undefined) return []
  if (strings.length === 0) return [title, 'none']
  return [
    title,
    ...strings.flatMap(({ text, count, selfBytes }) =>
      hanging(
        options.unicode ? '•' : '*',
        `${countText(count)}, ${bytesText(selfBytes, options)}: ${JSON.stringify(text)}`,
        options,
      ),
    ),
  ]
}

function nameColumn(rows: readonly { readonly name: string }[], options: HeapReportOptions): Column {
  return {
    header: 'class',
    align: 'left',
    shrinkTo: NAME_WIDTH,
    // What has no name is there all the same.
    cells: shownOf(rows, options).map(({ name }) => ({ text: name === '' ? '(anonymous)' : visibleText(name) })),
  }
}

function rightColumn<Row>(
  header: string,
  rows: readonly Row[],
  options: HeapReportOptions,
  text: (row: Row) => string,
): Column {
  return { header, align: 'right', cells: shownOf(rows, options).map((row) => ({ text: text(row) })) }
}

function tableOf(columns: readonly Column[], rows: number, options: HeapReportOptions): string[] {
  const told = columns.filter(({ cells }) => cells.some(({ text }) => text !== ''))
  const [header = '', ...lines] = renderTable(told, options.widthColumns, options.unicode ? '…' : '..')
  const more = rows - options.top
  return [
    options.colour ? styleText('bold', header, { validateStream: false }) : header,
    ...lines,
    ...(more > 0 ? [`and ${countText(more)} more ${more === 1 ? 'class' : 'classes'}`] : []),
  ]
}

function shownOf<Row>(rows: readonly Row[], { top }: HeapReportOptions): readonly Row[] {
  return rows.slice(0, top)
}

function titled(text: string, { colour }: HeapReportOptions): string {
  return colour ? styleText(['bold', 'underline'], text, { validateStream: false }) : text
}

function arrowed(texts: readonly string[], { unicode }: HeapReportOptions): string {
  return texts.join(unicode ? ' → ' : ' -> ')
}

/** Exact: by how many objects a class grew is what tells a request's from others. */
function countText(count: number): string {
  return count.toLocaleString('en-US')
}

function bytesText(bytes: number, { unicode }: HeapReportOptions): string {
  return formatQuantity(bytes, 'bytes', { unicode })
}

function signed(value: number, text: (value: number) => string, { unicode }: HeapReportOptions): string {
  if (value === 0) return '0'
  return value > 0 ? `+${text(value)}` : `${unicode ? '−' : '-'}${text(-value)}`
}

function sections(parts: readonly (readonly string[])[]): string {
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}
