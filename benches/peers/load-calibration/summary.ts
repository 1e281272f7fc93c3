import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BaselineManager, binomialUpperBound, median, type Run, type Verdict } from '@gw/perf-kit'

/** One run of several repetitions, as a line of the raw data. */
export interface LoadRecord {
  /** of the command line */
  readonly args: string
  /** of the minute before its end, our own processes among it */
  readonly loadAverage: number
  /** metrics with repetitions only */
  readonly run: Run
}

type Pair = readonly [before: Run, after: Run]

/** Smallest changes that might count. */
const THRESHOLDS = [0.1, 0.15, 0.25, 0.5]

/** Tables for docs/load.md, from the raw data alone. */
export async function summarise(records: readonly LoadRecord[]): Promise<string> {
  const groups = [...Map.groupBy(records, nameOf)]
  const tables = await Promise.all(
    groups.map(async ([name, own]) => [headOf(name, own), await tablesOf(own)].join('\n\n')),
  )
  return `${tables.join('\n\n')}\n`
}

/** The first records do not tell of other programs, which decide what may fail a build. */
function nameOf({ args, run }: LoadRecord): string {
  const tellsOthers = valuesOf(run, 'otherPrograms').length > 0
  return `${args}${tellsOthers ? '' : ', before other programs were looked at'}`
}

function headOf(name: string, records: readonly LoadRecord[]): string {
  const states = Map.groupBy(records, ({ run }) => run.validity.state)
  const counts = [...states].map(([state, own]) => `${own.length} ${state}`).join(', ')
  const others = records.flatMap(({ run }) => valuesOf(run, 'otherPrograms'))
  return [
    `### ${name}`,
    '',
    `${records.length} runs (${counts}), load average ${rangeOf(records.map(({ loadAverage }) => loadAverage))}${others.length === 0 ? '' : `, other programs ${rangeOf(others.map((ratio) => 100 * ratio))} % of the machine`}`,
  ].join('\n')
}

async function tablesOf(records: readonly LoadRecord[]): Promise<string> {
  const runs = records.map(({ run }) => run)
  const next = runs.flatMap((run, index): Pair[] => {
    const before = runs[index - 1]
    return index % 2 === 1 && before !== undefined ? [[before, run]] : []
  })
  const later = runs.flatMap((before, index) => runs.slice(index + 1).map((after): Pair => [before, after]))
  return [
    `Each second run held against the one before it (${next.length} comparisons, none of which shares a run):`,
    await tableOf(next, { areIndependent: true }),
    `Each run held against each one before it (${later.length} comparisons, which share runs, so that there is no bound):`,
    await tableOf(later, { areIndependent: false }),
  ].join('\n\n')
}

interface Trials {
  /** whether their errors are, so that there is a bound */
  readonly areIndependent: boolean
}

async function tableOf(pairs: readonly Pair[], trials: Trials): Promise<string> {
  const rows: string[] = []
  for (const threshold of THRESHOLDS) {
    const verdicts = (await Promise.all(pairs.map((pair) => judge(pair, threshold)))).flat()
    for (const [metric, own] of Map.groupBy(verdicts.filter(isTold), (verdict) => verdict.metric)) {
      rows.push(rowOf(metric, threshold, own, trials))
    }
  }
  return [
    '| metric | threshold | regressed, fails a build | bound | regressed, as advice | improved | inconclusive | passed | apart by: median, most |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.toSorted(),
  ].join('\n')
}

/** What can fail a build. */
function isTold({ metric }: Verdict): boolean {
  return metric === 'goodput' || metric.startsWith('responseTime')
}

/** As a user meets it: one accepted, the other held against it. */
async function judge([before, after]: Pair, thresholdRatio: number): Promise<readonly Verdict[]> {
  const directory = await mkdtemp(join(tmpdir(), 'load-calibration-'))
  try {
    const manager = new BaselineManager({ directory })
    await manager.accept(before, { by: 'calibration', reason: 'the same code', at: new Date() })
    const thresholds = Object.fromEntries(after.metrics.map(({ name }) => [name, thresholdRatio]))
    return (await manager.compare(after, { complete: false, thresholds })).verdicts
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function rowOf(metric: string, threshold: number, verdicts: readonly Verdict[], { areIndependent }: Trials): string {
  const count = (state: Verdict['state'], gates?: boolean): number =>
    verdicts.filter((verdict) => verdict.state === state && (gates === undefined || verdict.gates === gates)).length
  const apart = verdicts.map(({ effectRatio }) => Math.abs(effectRatio))
  const cells = [
    metric,
    percent(threshold),
    `${count('regressed', true)} of ${verdicts.length}`,
    areIndependent ? `≤ ${percent(binomialUpperBound(count('regressed', true), verdicts.length))}` : '—',
    count('regressed', false),
    count('improved'),
    count('inconclusive'),
    count('passed'),
    `${percent(median(apart))}, ${percent(Math.max(...apart))}`,
  ]
  return `| ${cells.join(' | ')} |`
}

function valuesOf({ metrics }: Run, name: string): readonly number[] {
  return metrics.find((metric) => metric.name === name)?.repetitions ?? []
}

function rangeOf(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`
}
