import { type Comparison, VERDICT_STATES, type Verdict, type VerdictState } from '../baseline/index.ts'
import { type Metric, metricKey, type Run } from '../run/index.ts'
import { distributionValues } from './distribution.ts'
import { formatQuantity, formatSpread } from './format-quantity.ts'
import { histogramBlocks } from './histogram-blocks.ts'

/** One line of a report's table, whatever the format; cells are for people. */
export interface ReportRow {
  /** the subject without its suite; for a metric that has no column, with the metric's name */
  readonly name: string
  readonly median: string
  readonly interval: string
  readonly p99: string
  readonly opsPerSec: string
  readonly bytesPerOp: string
  readonly distribution: string
  /** the worst verdict on this row's metrics first, then others that are not passes */
  readonly verdicts: readonly LabelledVerdict[]
  /** measured for the first time, so there is nothing to judge it by */
  readonly added: boolean
}

export interface LabelledVerdict {
  readonly verdict: Verdict
  /** which metric, when it is not the row's main one */
  readonly label?: string
}

/** Metrics that are columns of a benchmark's row. All others get a row of their own when they gate. */
const COLUMN_METRICS = new Set([
  'timePerOp',
  'meanTimePerOp',
  'allocatedPerOp',
  'cpuTimePerOp',
  'tailP99',
  'nullTimePerOp',
])
const LABELS: Readonly<Record<string, string>> = { allocatedPerOp: 'B/op', meanTimePerOp: 'mean' }

const WORST_FIRST: readonly VerdictState[] = ['regressed', 'inconclusive', 'improved', 'passed']
const NS_PER_SEC = 1e9

interface RowStyle {
  readonly unicode: boolean
}

export function reportRows(run: Run, comparison: Comparison | undefined, style: RowStyle): ReportRow[] {
  const judged = indexComparison(comparison)
  const subjects = Map.groupBy(run.metrics, ({ subject }) => subject)
  return [...subjects].flatMap(([subject, metrics]) => rowsOfSubject(run, subject, metrics, judged, style))
}

interface Judged {
  readonly verdicts: ReadonlyMap<string, Verdict>
  readonly added: ReadonlySet<string>
}

function indexComparison(comparison: Comparison | undefined): Judged {
  const { verdicts = [], added = [] } = comparison ?? {}
  return {
    verdicts: new Map(
      verdicts.map((verdict) => [metricKey({ subject: verdict.subject, name: verdict.metric }), verdict]),
    ),
    added: new Set(added.map(({ subject, metric }) => metricKey({ subject, name: metric }))),
  }
}

function rowsOfSubject(
  run: Run,
  subject: string,
  metrics: readonly Metric[],
  judged: Judged,
  style: RowStyle,
): ReportRow[] {
  const name = subject.startsWith(`${run.suite}/`) ? subject.slice(run.suite.length + 1) : subject
  const time = metrics.find((metric) => metric.name === 'timePerOp')
  const benchRow = time === undefined ? [] : [benchmarkRow(name, time, metrics, judged, style)]
  const others = metrics.filter((metric) => !COLUMN_METRICS.has(metric.name) && metric.gates)
  return [...benchRow, ...others.map((metric) => metricRow(`${name} ${metric.name}`, metric, judged, style))]
}

function benchmarkRow(
  name: string,
  time: Metric,
  metrics: readonly Metric[],
  judged: Judged,
  style: RowStyle,
): ReportRow {
  const tail = metrics.find((metric) => metric.name === 'tailP99')
  const allocated = metrics.find((metric) => metric.name === 'allocatedPerOp')
  const gating = metrics.filter((metric) => COLUMN_METRICS.has(metric.name) && metric.gates)
  return {
    name,
    median: formatQuantity(time.value, time.unit, style),
    interval: formatSpread(time.value, time.interval, style),
    p99: valueOrNone(tail, style),
    opsPerSec: time.value > 0 ? formatQuantity(NS_PER_SEC / time.value, 'perSec', style) : none(style),
    bytesPerOp: valueOrNone(allocated, style),
    distribution: histogramBlocks(shapeOf(tail) ?? distributionValues(time), style),
    verdicts: verdictsOn(gating, judged),
    added: isAdded(time, judged),
  }
}

function metricRow(name: string, metric: Metric, judged: Judged, style: RowStyle): ReportRow {
  return {
    name,
    median: formatQuantity(metric.value, metric.unit, style),
    interval: formatSpread(metric.value, metric.interval, style),
    p99: '',
    opsPerSec: '',
    bytesPerOp: '',
    distribution: histogramBlocks(distributionValues(metric), style),
    verdicts: verdictsOn([metric], judged),
    added: isAdded(metric, judged),
  }
}

/** The worst first; passes only when there is nothing else to tell. */
function verdictsOn(metrics: readonly Metric[], { verdicts }: Judged): LabelledVerdict[] {
  const verdictOf = (metric: Metric) => verdicts.get(metricKey(metric))
  const hasTimeRegressed = metrics.some(
    (metric) => metric.guard !== true && metric.unit === 'ns' && verdictOf(metric)?.state === 'regressed',
  )
  // A guard is silent unless it has something to tell that what it guards does not.
  const speaking = metrics.filter(
    (metric) => metric.guard !== true || (verdictOf(metric)?.gates === true && !hasTimeRegressed),
  )
  const own = speaking.flatMap((metric) => {
    const verdict = verdictOf(metric)
    const label = Object.hasOwn(LABELS, metric.name) ? LABELS[metric.name] : undefined
    return verdict === undefined ? [] : [{ verdict, ...(label === undefined ? {} : { label }) }]
  })
  const sorted = own.toSorted((left, right) => severity(left.verdict) - severity(right.verdict))
  const notable = sorted.filter(({ verdict }) => verdict.state !== 'passed')
  if (notable.length > 0) return notable
  return sorted.slice(0, 1).map(({ verdict }) => ({ verdict }))
}

function severity({ state }: Verdict): number {
  return WORST_FIRST.indexOf(state)
}

function isAdded(metric: Metric, { added }: Judged): boolean {
  return added.has(metricKey(metric))
}

function shapeOf(tail: Metric | undefined): readonly number[] | undefined {
  const values = tail === undefined ? [] : distributionValues(tail)
  return values.length === 0 ? undefined : values
}

function valueOrNone(metric: Metric | undefined, style: RowStyle): string {
  return metric === undefined ? none(style) : formatQuantity(metric.value, metric.unit, style)
}

/** Not measurable: a footnote says why. */
export function none({ unicode }: RowStyle): string {
  return unicode ? '—' : '-'
}

/** Worst gating state of each subject, counted: what a summary tells. */
export function countSubjects(verdicts: readonly Verdict[]): Map<VerdictState, number> {
  const bySubject = Map.groupBy(verdicts, ({ subject }) => subject)
  const counts = new Map<VerdictState, number>(VERDICT_STATES.map((state) => [state, 0]))
  for (const own of bySubject.values()) {
    const worst = WORST_FIRST.find((state) => own.some((verdict) => verdict.state === state))
    if (worst !== undefined) counts.set(worst, (counts.get(worst) ?? 0) + 1)
  }
  return counts
}
