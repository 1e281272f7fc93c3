import type { Metric, Run, Unit } from '../run/index.ts'
import type { UslCurve } from '../stats/index.ts'
import { limitingResource } from '../throughput/index.ts'

/** What every format of a sweep's report tells, whatever it looks like. */
export interface SweepView {
  /** of the whole, as far as the Run has one: `GET / · clients 1, 2, 4` */
  readonly title: string
  readonly rows: readonly SweepRow[]
  /** the law's curve through them, if one was fitted */
  readonly curve: FittedCurve | undefined
  /** what was found, in plain words */
  readonly sentences: readonly string[]
  /** all else that readers should know */
  readonly notes: readonly string[]
}

export interface FittedCurve extends UslCurve {
  /** whether the points follow it, more or less */
  readonly isTrusted: boolean
  /** where it is highest, if anywhere */
  readonly peak: number | undefined
}

/** One value of the parameter. */
export interface SweepRow {
  /** in the Run */
  readonly subject: string
  /** `8 clients`, `pool=4` */
  readonly label: string
  readonly value: number
  readonly unit: Unit
  readonly goodput: Metric | undefined
  /** goodput of each round, a second */
  readonly rounds: readonly number[]
  readonly speedup: Metric | undefined
  readonly efficiency: Metric | undefined
  readonly p50: Metric | undefined
  readonly p99: Metric | undefined
  readonly errorRatio: Metric | undefined
  /** `event loop`, `pool acquire`; `—` when nothing decides */
  readonly limit: string
}

/** What a sweep found, and which of it the sentences are. */
const FINDINGS: ReadonlySet<string> = new Set([
  'SCALING',
  'VALUES_LEFT_OUT',
  'USL_NOT_FITTED',
  'USL_FOLLOWS',
  'USL_NEARLY',
  'USL_DEPARTS',
  'USL_UNDECIDED',
  'USL_PARAMETERS',
  'USL_PEAK',
  'LIMITED_BY',
])
const SWEEP_VALUE = 'sweepValue'

/** Whether a Run is one of a sweep: others of kind `throughput` look for one number. */
export function isSweep({ kind, metrics }: Run): boolean {
  return kind === 'throughput' && metrics.some(({ name }) => name === SWEEP_VALUE)
}

export function sweepView(run: Run): SweepView {
  const bySubject = Map.groupBy(run.metrics, ({ subject }) => subject)
  const rows = [...bySubject.values()].flatMap(rowOf).toSorted((left, right) => left.value - right.value)
  const findings = run.warnings.filter(({ code }) => FINDINGS.has(code))
  return {
    title: findings[0]?.subject ?? run.suite,
    rows,
    curve: curveOf(run),
    sentences: findings.map(({ message }) => message),
    notes: run.warnings.filter(({ code }) => !FINDINGS.has(code)).map(({ message }) => message),
  }
}

/** The values of one label in another form: what rows have in common is left out. */
export function shortLabel(label: string): string {
  return label.replace(/ clients?$/, '').replace(/^[\w-]+=/, '')
}

function rowOf(metrics: readonly Metric[]): SweepRow[] {
  const find = (name: string): Metric | undefined => metrics.find((metric) => metric.name === name)
  const value = find(SWEEP_VALUE)
  if (value === undefined) return []
  const goodput = find('goodput')
  const { kind, name } = limitingResource(metrics)
  return [
    {
      subject: value.subject,
      label: value.subject.split(' · ').at(-1) ?? value.subject,
      value: value.value,
      unit: value.unit,
      goodput,
      rounds: goodput?.repetitions ?? [],
      speedup: find('speedup'),
      efficiency: find('efficiency'),
      p50: find('responseTimeP50'),
      p99: find('responseTimeP99'),
      errorRatio: find('errorRatio'),
      limit: kind === undefined ? '—' : name === undefined || name === kind ? kind : `${kind} ${name}`,
    },
  ]
}

function curveOf({ metrics, warnings }: Run): FittedCurve | undefined {
  const find = (name: string): number | undefined => metrics.find((metric) => metric.name === name)?.value
  const [lambda, sigma, kappa] = [find('uslLambda'), find('uslSigma'), find('uslKappa')]
  if (lambda === undefined || sigma === undefined || kappa === undefined) return undefined
  const isTrusted = !warnings.some(({ code }) => code === 'USL_DEPARTS')
  return { lambda, sigma, kappa, isTrusted, peak: find('uslPeak') }
}
