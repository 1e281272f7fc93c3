import {
  countMetric,
  distributionMetrics,
  meanInterval,
  outcomeMetrics,
  ownLimits,
  ratioMetric,
} from '../load/index.ts'
import { type Metric, partSubject, RUN_SCHEMA_VERSION, type Run, type Series, type Validity } from '../run/index.ts'
import type { RequestSums } from './request-sums.ts'
import { soakNotes } from './soak-notes.ts'
import type { SoakReading } from './soak-reading.ts'
import { growthMetrics, toReportVerdict, verdictOf } from './soak-verdict.ts'

const NS_PER_SEC = 1e9
const NS_PER_MS = 1e6
/** As of loads: docs/methodology.md. */
const NOT_SENT_SUSPECT = 0.01
const NOT_SENT_INVALID = 0.1
const LAG_LIMIT_NS = NS_PER_MS
const LAG_SHARE_OF_MEDIAN = 0.1
/** Less is what a stop between two parts leaves. */
const COMPLETE_RATIO = 0.99

const SERIES: readonly (readonly [name: string, unit: Series['unit']])[] = [
  ['succeeded', 'perSec'],
  ['failed', 'perSec'],
  ['notSent', 'perSec'],
  ['responseTimeP50', 'ns'],
  ['responseTimeP99', 'ns'],
  ['responseTimeMax', 'ns'],
  ['targetRss', 'bytes'],
  ['targetHeapUsed', 'bytes'],
  ['targetHeapLeft', 'bytes'],
  ['targetExternal', 'bytes'],
  ['targetSockets', 'count'],
  ['targetDescriptors', 'count'],
  ['targetHandles', 'count'],
]

/** The Run of a soak, of all its parts. @param folder - of its record */
export function toSoakRun(reading: SoakReading, folder: string): Run {
  const { head, measuredSec, parts, gaps } = reading
  const { subject } = head
  const verdict = verdictOf(reading)
  const metrics = [...loadMetrics(reading), ...growthMetrics(verdict)]
  return {
    schema: 'perf-kit/run',
    schemaVersion: RUN_SCHEMA_VERSION,
    kind: 'soak',
    suite: 'soak',
    configuration: head.configuration,
    startedAt: head.startedAt,
    durationNs: reading.lastedNs,
    environment: head.environment,
    harness: head.harness,
    source: head.source,
    metrics: [
      ...metrics.map((metric) => ({ subject, ...metric })),
      ...[...reading.operations].flatMap(([name, sums]) =>
        requestMetrics(sums).map((metric) => ({ subject: partSubject(subject, name), ...metric })),
      ),
    ],
    series: seriesOf(reading),
    ...(head.budgets.length === 0 ? {} : { budgets: [...head.budgets] }),
    soak: {
      subject,
      plannedNs: head.plannedNs,
      measuredNs: measuredSec * NS_PER_SEC,
      verdict: toReportVerdict(verdict),
      parts: [...parts],
      gaps: [...gaps],
    },
    validity: validityOf(reading),
    warnings: soakNotes(reading),
    failures: [],
    artifacts: [{ kind: 'soak-record', path: folder }],
  }
}

type OwnMetric = Omit<Metric, 'subject'>

function loadMetrics({ counts, values, requests }: SoakReading): OwnMetric[] {
  const perSec = values.valuesOf('succeeded')
  const goodputPerSec = perSec.length === 0 ? 0 : perSec.reduce((sum, value) => sum + value, 0) / perSec.length
  const { arrived, lost } = { arrived: counts.deliveriesArrived, lost: counts.deliveriesLost }
  return [
    {
      name: 'goodput',
      unit: 'perSec',
      better: 'higher',
      gates: false,
      value: goodputPerSec,
      ...(perSec.length < 2 ? {} : { interval: meanInterval(goodputPerSec, perSec) }),
      evidence: { kind: 'repetitions', values: perSec.length === 0 ? [0] : perSec },
    },
    ratioMetric('notSentRatio', counts.dropped + counts.unsent, counts.offered),
    ...requestMetrics(requests),
    ...(counts.lostConnections === 0 ? [] : [countMetric('lostConnections', counts.lostConnections, 'lower')]),
    ...(arrived + lost === 0 ? [] : [ratioMetric('deliveryLostRatio', lost, arrived + lost)]),
  ]
}

function requestMetrics({ failed, finished, distributions, outcomes }: RequestSums): OwnMetric[] {
  return [
    ratioMetric('errorRatio', failed, finished),
    ...[...distributions].flatMap(([name, histogram]) =>
      histogram.maxValue === 0 ? [] : distributionMetrics(name, histogram, false),
    ),
    ...outcomeMetrics(outcomes),
  ]
}

function seriesOf({ head, values }: SoakReading): Series[] {
  const { subject, loop } = head
  const level =
    loop === 'closed'
      ? values.series(subject, 'level', 'count').map((series) => ({ ...series, name: 'clients' }))
      : values.series(subject, 'level', 'perSec').map((series) => ({ ...series, name: 'plannedRate' }))
  return [...level, ...SERIES.flatMap(([name, unit]) => values.series(subject, name, unit))]
}

function validityOf(reading: SoakReading): Validity {
  const invalid = invalidReasons(reading)
  const suspect = suspectReasons(reading)
  const state = invalid.length > 0 ? 'invalid' : suspect.length > 0 ? 'suspect' : 'valid'
  return { state, reasons: [...invalid, ...suspect] }
}

function invalidReasons({ counts, requests }: SoakReading): string[] {
  const notSentRatio = notSentOf(counts)
  return [
    ...(requests.finished > requests.failed ? [] : ['not a single request succeeded']),
    ...(notSentRatio > NOT_SENT_INVALID ? [notSentWords(notSentRatio)] : []),
  ]
}

function suspectReasons({ head, counts, requests, limits, measuredSec, parts }: SoakReading): string[] {
  const { distributions, outcomes } = requests
  const reasons = [...limits, ...ownLimits(outcomes)]
  const notSentRatio = notSentOf(counts)
  if (notSentRatio > NOT_SENT_SUSPECT && notSentRatio <= NOT_SENT_INVALID) reasons.push(notSentWords(notSentRatio))
  const lagNs = distributions.get('sendLag')?.getValueAtPercentile(99) ?? 0
  const usualNs = distributions.get('serviceTime')?.getValueAtPercentile(50) ?? 0
  if (head.loop === 'open' && lagNs > Math.max(LAG_LIMIT_NS, LAG_SHARE_OF_MEDIAN * usualNs)) {
    reasons.push(
      `the generator came late to what was due: p99 of its lag is ${(lagNs / NS_PER_MS).toFixed(1)} ms; give it a processor of its own, or lower the rate`,
    )
  }
  const plannedSec = head.plannedNs / NS_PER_SEC
  const { end, because } = parts.at(-1) ?? { end: 'killed', because: '' }
  if (end !== 'complete' && measuredSec < COMPLETE_RATIO * plannedSec) {
    const why = because === '' ? (end === 'killed' ? 'it was killed' : `it was ${end}`) : because
    const left = Math.round(plannedSec - measuredSec).toLocaleString('en-US')
    reasons.push(
      `it ended after ${measuredSec.toLocaleString('en-US')} s of ${Math.round(plannedSec).toLocaleString('en-US')} s, and ${left} s are missing: ${why}`,
    )
  }
  return reasons
}

function notSentOf({ dropped, unsent, offered }: SoakReading['counts']): number {
  return offered === 0 ? 0 : (dropped + unsent) / offered
}

function notSentWords(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} % of the requests that were due were never sent: too many were under way already, or no connection or session could be had`
}
