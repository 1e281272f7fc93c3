import { binomialLowerBound, binomialUpperBound, median } from '@gw/perf-kit'
import { METHODS, type Method } from './methods.ts'
import { type ComparisonRecord, dayOf } from './record.ts'
import { SLOWDOWN_MECHANISM } from './slowdown.ts'

/** How far from what was asked for a slowdown may be and still count as that. */
const OFF_BY = 0.25

/** Tables for docs/calibration.md, from the raw data alone. */
export function renderSummary(records: readonly ComparisonRecord[]): string {
  const null_ = records.filter(({ slowdownRatio }) => slowdownRatio === 0)
  const slowed = Map.groupBy(
    records.filter(({ slowdownRatio, mechanism }) => slowdownRatio > 0 && mechanism === SLOWDOWN_MECHANISM),
    ({ slowdownRatio }) => slowdownRatio,
  )
  return [
    ...(null_.length === 0 ? [] : [renderFalseRegressions(null_), renderOutcomes(null_)]),
    ...[...slowed].flatMap(([slowdownRatio, group]) => [
      renderPower(slowdownRatio, group),
      renderOutcomes(group),
      renderSlowdowns(group),
    ]),
  ].join('\n')
}

function renderFalseRegressions(records: readonly ComparisonRecord[]): string {
  const rows = [...countByMethod(records), countRuns(records)].map(({ name, regressed, trials }) => [
    name,
    `${regressed} of ${trials}`,
    percent(regressed / trials),
    `≤ ${percent(binomialUpperBound(regressed, trials), Math.ceil)}`,
  ])
  return table('False regressions: both sides the same code', ['method', 'regressed', 'share', '95 % bound'], rows)
}

/** What a user meets is a red run: one benchmark of it is enough. */
function countRuns(records: readonly ComparisonRecord[]): MethodCount {
  const runs = [...Map.groupBy(records, ({ round }) => round).values()]
  const red = runs.filter((run) => run.some(({ failsBuild }) => failsBuild))
  return { name: 'whole runs of `bench --against` with any regression', regressed: red.length, trials: runs.length }
}

/**
 * Two counts. In the first every comparison counts, whatever slowdown really arrived. In the second those count for which the
 * *other* runs of the day with the same work show about what was asked for: a comparison's own pairs have no say in it, since that would
 * leave out just those that were not found.
 */
function renderPower(slowdownRatio: number, records: readonly ComparisonRecord[]): string {
  const asAsked = records.filter((record) => {
    const others = othersWithSameWork(record, records)
    return others.length > 0 && Math.abs(pooledSlowdown(others) - slowdownRatio) <= OFF_BY * slowdownRatio
  })
  const title = (what: string): string =>
    `Regressions found: the candidate's code about ${percent(slowdownRatio)} slower${what}`
  return [
    renderFound(
      title(
        `, by the other runs of the day with the same work between ${percent((1 - OFF_BY) * slowdownRatio)} and ${percent((1 + OFF_BY) * slowdownRatio)}`,
      ),
      asAsked,
    ),
    renderFound(title(', all runs, those of tuning too'), records),
  ].join('\n')
}

function renderFound(title: string, records: readonly ComparisonRecord[]): string {
  if (records.length === 0) return ''
  const rows = countByMethod(records).map(({ name, regressed, trials }) => [
    name,
    `${regressed} of ${trials}`,
    percent(regressed / trials),
    `≥ ${percent(binomialLowerBound(regressed, trials), Math.floor)}`,
  ])
  return table(title, ['method', 'regressed', 'share', '95 % bound'], rows)
}

function othersWithSameWork(
  record: ComparisonRecord,
  records: readonly ComparisonRecord[],
): readonly ComparisonRecord[] {
  return records.filter((other) => other !== record && workOf(other) === workOf(record))
}

/** A hosted machine is another one on another day: as many turns then cost another share of the same code. */
function workOf({ subject, work, at }: ComparisonRecord): string {
  return JSON.stringify([subject, work, dayOf(at)])
}

function pooledSlowdown(records: readonly ComparisonRecord[]): number {
  return median(records.flatMap(({ ratios }) => ratios)) - 1
}

interface MethodCount {
  readonly name: string
  readonly regressed: number
  readonly trials: number
}

/** Ours on all records; and where others were run beside them, all methods on just those. */
function countByMethod(records: readonly ComparisonRecord[]): MethodCount[] {
  const beside = records.filter(({ sequential }) => sequential !== undefined)
  const ours = METHODS.filter((method) => !method.needsSequential)
  const onAll = ours.map((method) => count(method, records, 'all records'))
  return beside.length === 0 ? onAll : [...onAll, ...METHODS.map((method) => count(method, beside, 'side by side'))]
}

function count({ name, regressed }: Method, records: readonly ComparisonRecord[], which: string): MethodCount {
  const answers = records.map(regressed)
  return { name: `${which}: ${name}`, regressed: answers.filter(Boolean).length, trials: answers.length }
}

/** How the verdicts came about: what they were, after how many pairs, in what time. */
function renderOutcomes(records: readonly ComparisonRecord[]): string {
  const states = Map.groupBy(records, ({ time }) => time)
  const rows = [...states].map(([state, group]) => [
    state,
    String(group.length),
    percent(group.length / records.length),
    String(median(group.map(({ ratios }) => ratios.length))),
  ])
  const rounds = [...new Map(records.map((record) => [record.round, record])).values()]
  const secondsPerBenchmark = rounds.map(({ roundSeconds, roundBenchmarks }) => roundSeconds / roundBenchmarks)
  const cost = `${rounds.length} runs, ${median(secondsPerBenchmark).toFixed(1)} s a benchmark (median; ${Math.min(...secondsPerBenchmark).toFixed(1)} to ${Math.max(...secondsPerBenchmark).toFixed(1)} s).`
  const noise = robustSd(records.flatMap(({ ratios }) => logDeviations(ratios)))
  return `${table('Verdicts on time', ['verdict', 'benchmarks', 'share', 'pairs (median)'], rows)}
${cost} Standard deviation of ln(candidate/baseline) between the pairs of a benchmark: ${percent(noise)}.
`
}

/** What was really put in, by all pairs of all runs of a day with the same work together. */
function renderSlowdowns(records: readonly ComparisonRecord[]): string {
  const rows = [...Map.groupBy(records, workOf).values()].map((group) => {
    const [{ subject, work, at } = { subject: '', work: undefined, at: '' }] = group
    const found = group.filter(({ time }) => time === 'regressed').length
    const foundAlone = group.filter(({ timeAlone }) => timeAlone === 'regressed').length
    const single = group.map(slowdownOf)
    return [
      subject,
      dayOf(at),
      String(work ?? ''),
      percent(pooledSlowdown(group)),
      `${percent(Math.min(...single))} to ${percent(Math.max(...single))}`,
      String(group.flatMap(({ ratios }) => ratios).length),
      `${found} of ${group.length}`,
      `${foundAlone} of ${group.length}`,
    ]
  })
  return table(
    'Slowdown that all pairs with the same work show',
    ['benchmark', 'day', 'turns', 'slowdown', 'single runs', 'pairs', 'found', 'alone'],
    rows.toSorted(([left = ''], [right = '']) => left.localeCompare(right)),
  )
}

function slowdownOf({ ratios }: ComparisonRecord): number {
  return median(ratios) - 1
}

function logDeviations(ratios: readonly number[]): number[] {
  const logs = ratios.map(Math.log)
  const centre = median(logs)
  return logs.map((log) => Math.abs(log - centre))
}

function robustSd(deviations: readonly number[]): number {
  return 1.4826 * median(deviations)
}

/** @param round - away from the truth that a bound is about, so that its last digit promises no more than was shown */
function percent(ratio: number, round: (value: number) => number = Math.round): string {
  return `${(round(1000 * ratio) / 10).toFixed(1)} %`
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return `### ${title}\n\n${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}
