import type { Comparison, MetricName } from '../baseline/index.ts'
import type { Run, RunFailure } from '../run/index.ts'
import { type BenchReport, comparisonOf } from './report-document.ts'

/** Names beyond this are counted: a warning that concerns a whole suite must still fit on a line. */
const NAMES_SHOWN = 3

export interface ReportNotes {
  readonly warnings: readonly string[]
  readonly footnotes: readonly string[]
  readonly failures: readonly RunFailure[]
}

/** Everything beside the tables that a reader of any format should see. */
export function reportNotes(report: BenchReport): ReportNotes {
  return {
    warnings: warningsOf(report),
    footnotes: footnotesOf(report),
    failures: [...report.runs.flatMap(({ failures }) => failures), ...report.failures],
  }
}

/** One line a warning, with all whom it concerns. */
function warningsOf(report: BenchReport): string[] {
  const concerned = new Map<string, { readonly message: string; readonly subjects: string[] }>()
  for (const { code, message, subject } of report.runs.flatMap(({ warnings }) => warnings)) {
    const key = JSON.stringify([code, message])
    const entry = concerned.get(key) ?? { message, subjects: [] }
    concerned.set(key, entry)
    if (subject !== undefined && !entry.subjects.includes(subject)) entry.subjects.push(subject)
  }
  const lines = [...concerned.values()].map(({ message, subjects }) =>
    subjects.length === 0 ? message : `${listNames(subjects)}: ${message}`,
  )
  const doubts = report.comparisons.flatMap((comparison) => comparison.doubts)
  return [...new Set([...report.runs.flatMap(validityLine), ...lines, ...doubts])]
}

function validityLine({ suite, validity }: Run): string[] {
  return validity.state === 'valid' ? [] : [`the Run of ${suite} is ${validity.state}: ${validity.reasons.join('; ')}`]
}

function footnotesOf(report: BenchReport): string[] {
  const footnotes: string[] = []
  const lacks = (name: string) =>
    report.runs.some(({ metrics }) => {
      const having = new Set(metrics.filter((metric) => metric.name === name).map(({ subject }) => subject))
      return metrics.some((metric) => metric.name === 'timePerOp' && !having.has(metric.subject))
    })
  if (lacks('tailP99')) footnotes.push('no p99: a single call is too short for this machine’s clock to tell')
  if (lacks('allocatedPerOp')) {
    footnotes.push('no B/op: the engine hides its loop, or garbage collections could not be kept out of the count')
  }
  for (const run of report.runs) footnotes.push(...coverageLines(run, comparisonOf(report, run)))
  return footnotes
}

/** Benchmarks that the comparison could not cover; a metric that comes and goes with the clock, such as p99, makes no news. */
export function coverageLines({ metrics }: Run, comparison: Comparison | undefined): string[] {
  if (comparison === undefined) return []
  const measured = new Set(metrics.map(({ subject }) => subject))
  const judged = new Set(comparison.verdicts.map(({ subject }) => subject))
  const added = subjectsOf(comparison.added).filter((subject) => !judged.has(subject))
  const removed = subjectsOf(comparison.removed).filter((subject) => !measured.has(subject))
  return [
    ...(added.length > 0 ? [`new, not judged until accepted: ${listNames(added)}`] : []),
    ...(removed.length > 0 ? [`in the baseline, not measured: ${listNames(removed)}`] : []),
  ]
}

function subjectsOf(names: readonly MetricName[]): string[] {
  const perSubject = Map.groupBy(names, ({ subject }) => subject)
  return [...perSubject.keys()]
}

export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(', ')
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown
}
