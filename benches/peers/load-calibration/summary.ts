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

/** Thresholds below which a change of a percentile in the tail might not count. */
const THRESHOLDS = [0.1, 0.15, 0.2, 0.25, 0.3, 0.5]

/** Tables for docs/load.md, from the raw data alone. */
export async function summarise(records: readonly LoadRecord[]): Promise<string> {
  const byLoad = Map.groupBy(records, ({ args, run }) => `${args} · ${run.metrics[0]?.subject ?? ''}`)
  const tables = await Promise.all([...byLoad].map(([load, own]) => tableOf(load, own)))
  return tables.join('\n')
}

async function tableOf(load: string, records: readonly LoadRecord[]): Promise<string> {
  const pairs = disjointPairs(records.map(({ run }) => run))
  const rows: string[] = []
  for (const threshold of THRESHOLDS) {
    const verdicts = (await Promise.all(pairs.map((pair) => judge(pair, threshold)))).flat()
    const shown = threshold === THRESHOLDS[0] ? verdicts : verdicts.filter(({ metric }) => metric.endsWith('P99'))
    for (const [metric, own] of Map.groupBy(shown, (verdict) => verdict.metric))
      rows.push(rowOf(metric, threshold, own))
  }
  const states = Map.groupBy(records, ({ run }) => run.validity.state)
  const loads = records.map(({ loadAverage }) => loadAverage)
  return [
    `### ${load}`,
    '',
    `${records.length} runs (${[...states].map(([state, own]) => `${own.length} ${state}`).join(', ')}), load average ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`,
    '',
    '| metric | threshold | regressed | bound | improved | inconclusive | passed | apart by (median; most) |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** The first against the second, the third against the fourth: no run is in two of them. */
function disjointPairs(runs: readonly Run[]): (readonly [Run, Run])[] {
  return runs.flatMap((run, index) => {
    const before = runs[index - 1]
    return index % 2 === 1 && before !== undefined ? [[before, run] as const] : []
  })
}

/** As a user meets it: one accepted, the other held against it. */
async function judge([before, after]: readonly [Run, Run], thresholdRatio: number): Promise<readonly Verdict[]> {
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

function rowOf(metric: string, threshold: number, verdicts: readonly Verdict[]): string {
  const count = (state: Verdict['state']): number => verdicts.filter((verdict) => verdict.state === state).length
  const bound = binomialUpperBound(count('regressed'), verdicts.length)
  const apart = verdicts.map(({ effectRatio }) => Math.abs(effectRatio))
  const cells = [
    metric,
    percent(threshold),
    `${count('regressed')} of ${verdicts.length}`,
    `≤ ${percent(bound)}`,
    count('improved'),
    count('inconclusive'),
    count('passed'),
    `${percent(median(apart))}; ${percent(Math.max(...apart))}`,
  ]
  return `| ${cells.join(' | ')} |`
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`
}
