import { createRequire } from 'node:module'
import { METHOD_VERSION, RUN_SCHEMA_VERSION, type Run, type RunNote, readEnvironment } from '../run/index.ts'
import { median, medianInterval } from '../stats/index.ts'
import { distributionMetrics, type OwnMetric, outcomeMetrics, ratioMetric } from './load-metrics.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadResult } from './load-result.ts'
import { loadSeries } from './load-series.ts'
import { judgeValidity } from './load-validity.ts'
import { mcpMetrics } from './mcp-metrics.ts'
import { describeOperations } from './mcp-plan.ts'

const { version } = createRequire(import.meta.url)('@gw/perf-kit/package.json') as { readonly version: string }

const SHOWN_LEVELS = 4

const CLOSED_LOOP: RunNote = {
  code: 'CLOSED_LOOP',
  message:
    'closed loop: clients wait for their answers, so that a target which stalls is asked less; the waiting of users who would have come meanwhile is not in these times. An open loop (--rate) has it.',
}

export interface LoadRunFacts {
  readonly suite: string
  /** what was driven, and how: the same for two Runs that may be compared */
  readonly subject: string
  readonly configuration: string
  readonly startedAt: Date
  readonly durationNs: number
  readonly source: Run['source']
  /** the target ended while it was driven: the last that it said */
  readonly targetEnded?: string
}

/** The Run of one load. */
export function toLoadRun(result: LoadResult, facts: LoadRunFacts): Run {
  return {
    schema: 'perf-kit/run',
    schemaVersion: RUN_SCHEMA_VERSION,
    kind: 'load',
    suite: facts.suite,
    configuration: facts.configuration,
    startedAt: facts.startedAt.toISOString(),
    durationNs: Math.round(facts.durationNs),
    environment: readEnvironment([]),
    harness: { name: '@gw/perf-kit', version, methodVersion: METHOD_VERSION },
    source: facts.source,
    metrics: [
      ...rateMetrics(result),
      ...distributionMetrics('responseTime', result.response, true),
      ...distributionMetrics('responseTimeOk', result.responseOk, false),
      ...distributionMetrics('serviceTime', result.service, false),
      ...distributionMetrics('sendLag', result.sendLag, false),
      ...distributionMetrics('connectTime', result.connect, false),
      ...outcomeMetrics(result.outcomes),
    ]
      .map((metric) => ({ subject: facts.subject, ...metric }))
      .concat(mcpMetrics(result, facts.subject)),
    series: loadSeries(result, facts.subject),
    validity: validityOf(result, facts),
    warnings: result.plan.traffic.loop === 'closed' ? [CLOSED_LOOP] : [],
    failures: [],
    artifacts: [],
  }
}

/**
 * `GET / · 50 clients`, `tools/call echo · 100 → 2000/s, poisson`: without host and port, which differ from run to run.
 */
export function describeLoad({ method, mcp, endpoint, traffic }: LoadPlan): string {
  const [path] = endpoint.path.split('?')
  const what = mcp === undefined ? `${method} ${path}` : describeOperations(mcp)
  const segments = traffic.loop === 'closed' ? traffic.clients : traffic.ratePerSec
  const levels = segments.flatMap(({ from, to }) => [from, to]).filter((level, index, all) => level !== all[index - 1])
  const shown = levels.length > SHOWN_LEVELS ? `up to ${Math.max(...levels)}` : levels.join(' → ')
  return `${what} · ${shown}${traffic.loop === 'closed' ? ' clients' : `/s, ${traffic.arrivals}`}`
}

function validityOf(result: LoadResult, { targetEnded }: LoadRunFacts): Run['validity'] {
  const { state, reasons } = judgeValidity(result)
  if (targetEnded === undefined) return { state, reasons }
  const said = targetEnded === '' ? '' : `; the last it said: ${targetEnded}`
  return { state: 'invalid', reasons: [`the target ended while it was driven${said}`, ...reasons] }
}

function rateMetrics(result: LoadResult): OwnMetric[] {
  const { goodputPerSec, wholeSeconds } = result
  return [
    {
      name: 'goodput',
      unit: 'perSec',
      better: 'higher',
      gates: true,
      value: goodputPerSec,
      ...(wholeSeconds.length < 2 ? {} : { interval: around(goodputPerSec, wholeSeconds) }),
      evidence: { kind: 'repetitions', values: wholeSeconds.length === 0 ? [goodputPerSec] : [...wholeSeconds] },
    },
    ratioMetric('errorRatio', result.failed, result.finished),
    ratioMetric('notSentRatio', result.dropped + result.unsent, result.offered),
  ]
}

/** The interval of a second's median, moved to the mean over the whole: seconds are the repetitions. */
function around(goodputPerSec: number, perSec: readonly number[]) {
  const { low, high, coverageRatio } = medianInterval(perSec)
  const shift = goodputPerSec - median(perSec)
  return { low: Math.max(0, low + shift), high: high + shift, coverageRatio }
}
