import {
  type ComparedAgainst,
  type Comparison,
  signedPercent,
  VERDICT_STATES,
  type Verdict,
} from '../baseline/index.ts'
import { metricKey, type Run } from '../run/index.ts'
import { median } from '../stats/index.ts'
import { listNames } from './notes.ts'
import type { BenchReport } from './report-document.ts'
import { countSubjects } from './report-rows.ts'

/** The last lines of a report: what came out, against what, how fine the run could see, and what to do next. */
export function summaryLines(report: BenchReport): string[] {
  const judged = report.comparisons.filter(({ against }) => against.kind !== 'nothing')
  return [resultLine(report, judged), ...adviceLines(report.comparisons), ...nextSteps(report)]
}

function resultLine(report: BenchReport, judged: readonly Comparison[]): string {
  const failures = report.failures.length + report.runs.reduce((sum, run) => sum + run.failures.length, 0)
  const failed = failures > 0 ? [`${failures} failed`] : []
  if (judged.length === 0) {
    const subjects = report.runs.reduce(
      (sum, { metrics }) => sum + new Set(metrics.map(({ subject }) => subject)).size,
      0,
    )
    return [`${subjects} measured`, ...failed].join(', ')
  }
  const verdicts = judged.flatMap(({ verdicts }) => primary(report, verdicts))
  const counts = countSubjects(verdicts)
  const parts = VERDICT_STATES.filter((state) => (counts.get(state) ?? 0) > 0).map(
    (state) => `${counts.get(state)} ${state}`,
  )
  const against = [...new Set(judged.map((comparison) => describeAgainst(comparison.against)))].join(' and ')
  const counted = [...(parts.length === 0 ? ['nothing judged'] : parts), ...failed].join(', ')
  const visible = smallestVisibleChange(verdicts)
  const sight = visible === undefined ? '' : `; ${percent(visible)} is the smallest change that this run could see`
  return `${counted}, against ${against}${sight}`
}

/** Verdicts on metrics that gate, also where the comparison does not; of a guard only one that fails the build. */
function primary(report: BenchReport, verdicts: readonly Verdict[]): Verdict[] {
  const gating = report.runs.flatMap(({ metrics }) => metrics.filter(({ gates }) => gates))
  const guards = new Map(gating.map((metric) => [metricKey(metric), metric.guard === true]))
  return verdicts.filter(({ subject, metric, gates }) => {
    const isGuard = guards.get(metricKey({ subject, name: metric }))
    return isGuard === true ? gates : isGuard !== undefined
  })
}

/** `main (a1b2c3d)`, `the baseline of 2026-01-02`. */
function describeAgainst(against: ComparedAgainst): string {
  switch (against.kind) {
    case 'ref':
      return against.commit === null ? against.ref : `${against.ref} (${against.commit.slice(0, 7)})`
    case 'baseline':
      return `the baseline of ${newestDate(against)}`
    case 'other-environment':
      return `the baseline of ${against.environmentId}, ${newestDate(against)}`
    case 'nothing':
      return 'nothing'
  }
}

function newestDate({ acceptances }: { readonly acceptances: readonly { readonly at: string }[] }): string {
  return (
    acceptances
      .map(({ at }) => at.slice(0, 10))
      .toSorted()
      .at(-1) ?? 'unknown date'
  )
}

/** In the middle of all benchmarks' speeds: a change is seen when it exceeds both what counts and the noise around it. */
function smallestVisibleChange(verdicts: readonly Verdict[]): number | undefined {
  const speeds = verdicts.filter(({ unit }) => unit === 'ns' || unit === 'perSec')
  const visible = (speeds.length > 0 ? speeds : verdicts).flatMap(({ low, high, thresholdRatio }) =>
    low === null || high === null ? [] : [Math.max(thresholdRatio, (high - low) / 2)],
  )
  return visible.length === 0 ? undefined : median(visible)
}

function percent(ratio: number): string {
  return signedPercent(ratio).replace('+', '')
}

function adviceLines(comparisons: readonly Comparison[]): string[] {
  const reasons = comparisons
    .filter(({ against }) => against.kind !== 'nothing')
    .flatMap((each) => each.advisoryReasons)
  return [...new Set(reasons)].map((reason) => `advice only, it fails no build: ${reason}`)
}

/** Why some suites have nothing to be held to, and how to get the first baseline. */
function nextSteps({ comparisons, runs }: BenchReport): string[] {
  const without = comparisons.filter(({ against }) => against.kind === 'nothing')
  const byReason = Map.groupBy(without, ({ advisoryReasons }) => advisoryReasons[0] ?? 'nothing to compare with')
  const lines = [...byReason].map(([reason, own]) => `${listNames(own.map(({ suite }) => suite))}: ${reason}`)
  const acceptable = comparisons.some(
    ({ against }) => against.kind === 'nothing' || against.kind === 'other-environment',
  )
  return acceptable ? [...lines, `make a baseline of this environment with ${acceptCommand(runs)}`] : lines
}

/** Those that repeat, by the kind of Run that they make. */
const COMMANDS: ReadonlyMap<Run['kind'] | undefined, string> = new Map([
  ['load', 'load'],
  ['latency', 'latency'],
  ['throughput', 'capacity'],
])

function acceptCommand([first]: readonly Run[]): string {
  const command = COMMANDS.get(first?.kind)
  return `perf-kit ${command === undefined ? 'bench' : `${command} --repeat 5`} --accept --reason "first numbers"`
}
