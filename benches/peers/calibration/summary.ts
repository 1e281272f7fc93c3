import { binomialLowerBound, binomialUpperBound, median } from '@gw/perf-kit'
import { METHODS, type Method } from './methods.ts'
import type { ComparisonRecord } from './record.ts'

const MOST_OF_WANTED = 1.2

/** Tables for docs/calibration.md, from the raw data alone. */
export function renderSummary(records: readonly ComparisonRecord[]): string {
  const null_ = records.filter(({ slowdownRatio }) => slowdownRatio === 0)
  const slowed = Map.groupBy(
    records.filter(({ slowdownRatio }) => slowdownRatio > 0),
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
  const rows = countByMethod(records).map(({ name, regressed, trials }) => [
    name,
    `${regressed} of ${trials}`,
    percent(regressed / trials),
    `≤ ${percent(binomialUpperBound(regressed, trials))}`,
  ])
  return table('False regressions: both sides the same code', ['method', 'regressed', 'share', '95 % bound'], rows)
}

/**
 * Only where the code did become slower, and by no more than asked for: a few instructions more can change how V8 lays a
 * short function out, and that may cost far more than they do, or make it faster. Where less arrived, it counts all the same.
 */
function renderPower(slowdownRatio: number, all: readonly ComparisonRecord[]): string {
  const records = [...Map.groupBy(all, sameWork).values()]
    .filter((group) => slowdownOf(group) > 0 && slowdownOf(group) <= MOST_OF_WANTED * slowdownRatio)
    .flat()
  if (records.length === 0) return ''
  const rows = countByMethod(records).map(({ name, regressed, trials }) => [
    name,
    `${regressed} of ${trials}`,
    percent(regressed / trials),
    `≥ ${percent(binomialLowerBound(regressed, trials))}`,
  ])
  const title = `Regressions found: the candidate's code about ${percent(slowdownRatio)} slower`
  return table(title, ['method', 'regressed', 'share', '95 % bound'], rows)
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

/** What was really put in, by all pairs of all runs together. */
function renderSlowdowns(records: readonly ComparisonRecord[]): string {
  const rows = [...Map.groupBy(records, sameWork).values()].map((group) => {
    const [{ subject, work } = { subject: '', work: undefined }] = group
    const found = group.filter(({ time }) => time === 'regressed').length
    const foundAlone = group.filter(({ timeAlone }) => timeAlone === 'regressed').length
    return [
      subject,
      String(work ?? ''),
      percent(slowdownOf(group)),
      String(group.flatMap(({ ratios }) => ratios).length),
      `${found} of ${group.length}`,
      `${foundAlone} of ${group.length}`,
    ]
  })
  return table(
    'Slowdown that all pairs together show',
    ['benchmark', 'turns', 'slowdown', 'pairs', 'found', 'alone'],
    rows,
  )
}

/** Runs are alike as long as the same work was in the same code. */
function sameWork({ commit, subject, work }: ComparisonRecord): string {
  return `${commit} ${subject} ${work ?? ''}`
}

function slowdownOf(group: readonly ComparisonRecord[]): number {
  return median(group.flatMap(({ ratios }) => ratios)) - 1
}

function logDeviations(ratios: readonly number[]): number[] {
  const logs = ratios.map(Math.log)
  const centre = median(logs)
  return logs.map((log) => Math.abs(log - centre))
}

function robustSd(deviations: readonly number[]): number {
  return 1.4826 * median(deviations)
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return `### ${title}\n\n${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}
