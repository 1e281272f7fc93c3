import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Histogram } from 'hdr-histogram-js'
import { type Budget, METHOD_VERSION, RUN_SCHEMA_VERSION, type Run, readEnvironment } from '../run/index.ts'
import type { LimitSnapshot } from '../target/index.ts'
import { countsFromSending } from './engines/engine-notes.ts'
import { countMetric, distributionMetrics, type OwnMetric, outcomeMetrics, ratioMetric } from './load-metrics.ts'
import { loadNotes } from './load-notes.ts'
import { durationNsOf, type LoadPlan, operationsOf } from './load-plan.ts'
import type { LoadResult } from './load-result.ts'
import { loadSeries } from './load-series.ts'
import { judgeValidity } from './load-validity.ts'
import { notificationMetrics, sessionMetrics } from './mcp-metrics.ts'
import { describeSessions } from './mcp-plan.ts'
import { operationMetrics } from './operation-metrics.ts'
import { describeShares } from './operation-shares.ts'
import { describeModule } from './requests/plan-requests.ts'
import { shownPath } from './requests/ready-request.ts'
import type { Segment } from './schedule.ts'
import { meanInterval } from './seconds-interval.ts'
import { type EndFacts, endNotes, endReason } from './target-end-reason.ts'
import { type TargetFigures, targetMetrics, targetNotes, targetSeries } from './target-metrics.ts'
import { TIME_METRICS } from './time-names.ts'

const { version } = createRequire(import.meta.url)('@gw/perf-kit/package.json') as { readonly version: string }

/** Who has measured. */
export const HARNESS: Run['harness'] = { name: '@gw/perf-kit', version, methodVersion: METHOD_VERSION }

const SHOWN_LEVELS = 4
const DIGEST_DIGITS = 6
const NS_PER_SEC = 1e9

export interface LoadRunFacts extends EndFacts {
  readonly suite: string
  /** what was driven, and how: the same for two Runs that may be compared */
  readonly subject: string
  readonly configuration: string
  readonly startedAt: Date
  readonly durationNs: number
  readonly source: Run['source']
  readonly budgets?: readonly Budget[]
  /** what its process was like, if something looked inside */
  readonly target?: TargetFigures
  /** why nothing did, although it was wished */
  readonly withoutAgent?: string
  /** of its heap near its limit */
  readonly snapshots?: readonly LimitSnapshot[]
}

/** The Run of one load. */
export function toLoadRun(result: LoadResult, facts: LoadRunFacts): Run {
  return {
    schema: 'perf-kit/run',
    schemaVersion: RUN_SCHEMA_VERSION,
    kind: 'load',
    suite: facts.suite,
    configuration: configurationOf(result, facts),
    startedAt: facts.startedAt.toISOString(),
    durationNs: Math.round(facts.durationNs),
    environment: readEnvironment([]),
    harness: HARNESS,
    source: facts.source,
    metrics: [
      ...rateMetrics(result),
      ...responseMetrics(result),
      ...TIME_METRICS.flatMap(([name, time]) => timeMetrics(name, result.times[time])),
      ...outcomeMetrics(result.outcomes),
      ...(result.lostConnections === 0 ? [] : [countMetric('lostConnections', result.lostConnections, 'lower')]),
      ...targetMetrics(result, facts.target),
    ]
      .map((metric) => ({ subject: facts.subject, ...metric }))
      .concat(
        sessionMetrics(result, facts.subject),
        operationMetrics(result, facts.subject),
        notificationMetrics(result, facts.subject),
      ),
    series: [
      ...loadSeries(result, facts.subject),
      ...targetSeries(result, facts.target).map((series) => ({ subject: facts.subject, ...series })),
    ],
    ...(facts.budgets === undefined || facts.budgets.length === 0 ? {} : { budgets: [...facts.budgets] }),
    validity: validityOf(result, facts),
    warnings: [...loadNotes(result), ...targetNotes(facts), ...endNotes(facts)],
    failures: [],
    artifacts: (facts.snapshots ?? [])
      .filter(({ isWhole }) => isWhole)
      .map(({ path }) => ({ kind: 'heap snapshot', path })),
  }
}

/**
 * `GET / · 50 clients`, `tools/call echo · 100 → 2000/s, poisson`: without host and port, which differ from run to run.
 */
export function describeLoad(plan: LoadPlan): string {
  const { traffic } = plan
  const what = describeRequest(plan)
  const segments = traffic.loop === 'closed' ? traffic.clients : traffic.ratePerSec
  const levels = segments.flatMap(({ from, to }) => [from, to]).filter((level, index, all) => level !== all[index - 1])
  const shown =
    levels.length > SHOWN_LEVELS
      ? `up to ${levels.reduce((most, level) => Math.max(most, level), 0)}`
      : levels.join(' → ')
  return `${what} · ${shown}${traffic.loop === 'closed' ? clientsWord(shown) : `/s, ${traffic.arrivals}`}`
}

/**
 * `, 10 s`, `, 10 s after 2 s, thinking 1 s`: what makes another load of the same request at the same level. In the subjects of
 * what is compared, because a process that has just been started is slower than it will be.
 */
export function describeTimes(plan: LoadPlan): string {
  const { traffic, warmupNs } = plan
  const thinkNs = traffic.loop === 'closed' ? traffic.thinkNs : 0
  const seconds = (ns: number): string => `${Number((ns / NS_PER_SEC).toPrecision(6))} s`
  return [
    `, ${seconds(durationNsOf(plan) - warmupNs)}${phasesWord(traffic.loop === 'closed' ? traffic.clients : traffic.ratePerSec)}`,
    ...(warmupNs > 0 ? [` after ${seconds(warmupNs)}`] : []),
    ...(thinkNs > 0 ? [`, thinking ${seconds(thinkNs)}`] : []),
  ].join('')
}

/** Two schedules may have the same levels and last as long. */
function phasesWord(segments: readonly Segment[]): string {
  if (segments.length < 2) return ''
  const digest = createHash('sha256').update(JSON.stringify(segments)).digest('hex')
  return ` in ${segments.length} phases #${digest.slice(0, DIGEST_DIGITS)}`
}

function clientsWord(shown: string): string {
  return shown === '1' ? ' client' : ' clients'
}

/** `GET /`, `tools/call echo · HTTP/2, 10 streams`, `GET /users/{{id}}, rows of users.csv` */
export function describeRequest(plan: LoadPlan): string {
  const { mcp, data, http2 } = plan
  const sessions = mcp === undefined ? '' : describeSessions(mcp)
  const rows = data === undefined ? '' : `, rows of ${data.name}`
  return `${whatIsAsked(plan)}${sessions}${rows}${http2 === undefined ? '' : describeStreams(http2)}`
}

function describeStreams({ streams }: NonNullable<LoadPlan['http2']>): string {
  return ` · HTTP/2${streams === 1 ? '' : `, ${streams} streams`}`
}

function whatIsAsked(plan: LoadPlan): string {
  const { method, endpoint, variants } = plan
  if (variants?.kind === 'module') return describeModule(variants.file)
  const operations = operationsOf(plan)
  return operations.length === 0 ? `${method} ${shownPath(endpoint.path)}` : describeShares(operations)
}

/** Whoever measured is part of how it was measured: two engines' Runs are compared when somebody means to. */
function configurationOf({ engine }: LoadResult, { configuration }: LoadRunFacts): string {
  if (engine === 'native') return configuration
  return configuration === 'default' ? engine : `${configuration}, ${engine}`
}

function validityOf(result: LoadResult, facts: LoadRunFacts): Run['validity'] {
  const { state, reasons } = judgeValidity(result)
  if (facts.targetEnded === undefined) return { state, reasons }
  return { state: 'invalid', reasons: [endReason(result, facts), ...reasons] }
}

function rateMetrics(result: LoadResult): OwnMetric[] {
  const { goodputPerSec, wholeSeconds } = result
  return [
    {
      name: 'goodput',
      unit: 'perSec',
      better: 'higher',
      // What comes of a rate is the rate, as long as the target keeps up; when it does not, its response times say so.
      gates: result.plan.traffic.loop === 'closed',
      value: goodputPerSec,
      ...(wholeSeconds.length < 2 ? {} : { interval: meanInterval(goodputPerSec, wholeSeconds) }),
      evidence: { kind: 'repetitions', values: wholeSeconds.length === 0 ? [goodputPerSec] : [...wholeSeconds] },
    },
    ratioMetric('errorRatio', result.failed, result.finished),
    ratioMetric('notSentRatio', result.dropped + result.unsent, result.offered),
  ]
}

/** None of an engine that does not know when a request was due: its times are service times. */
function responseMetrics(result: LoadResult): OwnMetric[] {
  if (countsFromSending(result)) return []
  return [
    ...distributionMetrics('responseTime', result.response, true),
    ...distributionMetrics('responseTimeOk', result.responseOk, false),
  ]
}

/** None of what there was not to do: no name to look up, no TLS. */
function timeMetrics(name: string, histogram: Histogram): OwnMetric[] {
  return histogram.maxValue === 0 ? [] : distributionMetrics(name, histogram, false)
}
