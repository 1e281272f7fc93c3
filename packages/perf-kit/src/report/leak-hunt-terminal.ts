import { isAbsolute, relative } from 'node:path'
import { styleText } from 'node:util'
import type { AllocationSite, CodePlace, KeptClass, KeptObjects, LeakHuntResult, PerRequest } from '../memory/index.ts'
import { formatQuantity } from './format-quantity.ts'
import { hanging } from './load-terminal.ts'
import { signalLine } from './signal-line.ts'
import type { TerminalOptions } from './terminal-options.ts'
import { wrapText } from './text-width.ts'
import { visibleText } from './visible-text.ts'

/** What a hunt has found, and by which load. */
export interface LeakHuntReport extends LeakHuntResult {
  /** what was asked, and how */
  readonly subject: string
}

export interface HuntReportOptions extends TerminalOptions {
  /** files below it are named from there */
  readonly directory: string
}

const COLOURS = { leaking: 'red', steady: 'green', inconclusive: 'yellow' } as const
const NS_PER_SEC = 1e9
const MOST_ALLOCATING = 3

/** Whether a target leaks, what, by how much a request, who has allocated it and who keeps it; for people at a terminal. Ends with a line break. */
export function renderLeakHunt(report: LeakHuntReport, options: HuntReportOptions): string {
  const { sites = [], kept } = report
  const sections = [
    [titleOf(report, options)],
    verdictLines(report, options),
    kept === undefined ? [] : classLines(kept, options),
    sites.length === 0 ? [] : ['who has allocated what stays:', ...siteLines(sites, options)],
    kept === undefined ? [] : pathLines(kept, options),
    allocationLines(report, options),
    stringLines(kept, options),
    noteLines(report, options),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function titleOf({ subject, watched }: LeakHuntReport, options: HuntReportOptions): string {
  const seconds = Math.round(watched.durationNs / NS_PER_SEC).toLocaleString('en-US')
  const failed = watched.failed === 0 ? '' : `, of which ${countText(watched.failed)} failed`
  const parts = [visibleText(subject), `${seconds} s`, `${countText(watched.requests)} requests${failed}`]
  const text = wrapText(parts.join(dot(options)), options.widthColumns).join('\n')
  return options.colour ? styleText(['bold', 'underline'], text, { validateStream: false }) : text
}

function allocationLines({ allocation }: LeakHuntReport, options: HuntReportOptions): string[] {
  if (allocation === undefined) return []
  const { bytesPerRequest, gcShareRatio, sites } = allocation
  const collected = formatQuantity(gcShareRatio, 'ratio', options)
  const text = `allocated in all: ${perRequestText(bytesPerRequest, options)} a request, which the collector takes ${collected} of the time for`
  return [...wrapText(text, options.widthColumns), ...siteLines(sites.slice(0, MOST_ALLOCATING), options)]
}

function stringLines(kept: KeptObjects | undefined, options: HuntReportOptions): string[] {
  if (kept?.newStrings === undefined) return []
  const lines = kept.newStrings.flatMap(({ text, count, selfBytes }) =>
    hanging(bullet(options), `${countText(count)}, ${bytesText(selfBytes, options)}: ${JSON.stringify(text)}`, options),
  )
  return ['largest of the new strings:', ...lines]
}

function noteLines({ notes, kept }: LeakHuntReport, options: HuntReportOptions): string[] {
  const files = (kept?.files ?? []).map((file) => `kept: ${file}`)
  const notKept = kept?.notKept === undefined ? [] : [`snapshots were not kept: ${kept.notKept}`]
  return [...notes, ...files, ...notKept].flatMap((note) => hanging(options.unicode ? '—' : '-', note, options))
}

function verdictLines({ state, verdict }: LeakHuntReport, options: HuntReportOptions): string[] {
  const { signals, because } = verdict
  const word = options.colour ? styleText(COLOURS[state], state, { validateStream: false }) : state
  if (verdict.state === 'leaking') {
    const leaking = signals.filter((signal) => signal.state === 'leaking')
    return [`${word}:`, ...leaking.flatMap((signal) => hanging('!', signalLine(signal, options), options))]
  }
  return [`${word}:`, ...hanging(bullet(options), because, options)]
}

function classLines({ classes, requests, stoodStillNs }: KeptObjects, options: HuntReportOptions): string[] {
  const still = formatQuantity(stoodStillNs, 'ns', options)
  const taken = `three heap snapshots, ${requests.map(countText).join(' and ')} requests apart, for which it stood still for ${still}`
  if (classes.length === 0) return wrapText(`nothing grows between ${taken}`, options.widthColumns)
  return [
    ...wrapText(`what grows, by ${taken}:`, options.widthColumns),
    ...classes.flatMap((each) => hanging(bullet(options), classText(each, options), options)),
  ]
}

function classText(
  { name, objectsPerRequest, bytesPerRequest, isMultiple }: KeptClass,
  options: HuntReportOptions,
): string {
  const count = isMultiple ? String(Math.round(objectsPerRequest)) : formatQuantity(objectsPerRequest, 'count', options)
  const about = isMultiple ? '' : 'about '
  return `${name === '' ? '(anonymous)' : name}: ${about}${count} a request, ${bytesText(bytesPerRequest, options)}`
}

function siteLines(sites: readonly AllocationSite[], options: HuntReportOptions): string[] {
  return sites.flatMap(({ place, through, callers, bytesPerRequest }) => {
    const by = through === undefined ? '' : `, through ${placeText(through, options)}`
    const called = callers.map((caller) => placeText(caller, options)).join(options.unicode ? ' ← ' : ' <- ')
    return [
      ...hanging(
        bullet(options),
        `${placeText(place, options)}: ${perRequestText(bytesPerRequest, options)} a request${by}`,
        options,
      ),
      ...(called === '' ? [] : hanging(' ', `called by ${called}`, options)),
    ]
  })
}

function pathLines({ paths }: KeptObjects, options: HuntReportOptions): string[] {
  if (paths.length === 0) return []
  const lines = paths.flatMap(({ name, path, count, sampled }) => {
    const shown = `${name} (${count} of ${sampled}): ${path.join(options.unicode ? ' → ' : ' -> ')}`
    return hanging(bullet(options), options.unicode ? shown : shown.replaceAll('…', '..'), options)
  })
  return ['what keeps it:', ...lines]
}

/** `keep, src/server.ts:17` */
function placeText({ name, file, line }: CodePlace, { directory }: HuntReportOptions): string {
  const way = isAbsolute(file) ? relative(directory, file) : file
  const shown = way === '' || way.startsWith('..') ? file : way
  const at = shown === '' ? '' : `${shown}${line > 0 ? `:${line}` : ''}`
  return [name === '' ? '(anonymous)' : name, at].filter((text) => text !== '').join(' at ')
}

function perRequestText({ value, low, high }: PerRequest, options: HuntReportOptions): string {
  return `${bytesText(value, options)} (${bytesText(low, options)} to ${bytesText(high, options)})`
}

function bytesText(bytes: number, options: HuntReportOptions): string {
  return formatQuantity(bytes, 'bytes', options)
}

/** Exact: how many objects there are more is what tells a request's from others. */
function countText(count: number): string {
  return count.toLocaleString('en-US')
}

function dot({ unicode }: HuntReportOptions): string {
  return unicode ? ' · ' : ', '
}

function bullet({ unicode }: HuntReportOptions): string {
  return unicode ? '•' : '*'
}
