import { type Metric, partSubject } from '../run/index.ts'
import { countMetric, distributionMetrics, outcomeMetrics, ratioMetric } from './load-metrics.ts'
import type { LoadResult } from './load-result.ts'
import type { DeliveryResult, OperationResult } from './mcp-result.ts'

/** What the Run of an MCP load has more: sessions, and each operation of a mix as a subject of its own. */
export function mcpMetrics({ mcp, plan }: LoadResult, subject: string): Metric[] {
  if (mcp === undefined) return []
  const sessions = [
    ...distributionMetrics('sessionOpenTime', mcp.sessionOpen, false),
    ...(plan.mcp?.session.progress === true ? [countMetric('progressEvents', mcp.progressEvents, 'higher')] : []),
  ].map((metric) => ({
    subject,
    ...metric,
  }))
  const operations = mcp.operations
    .filter(({ outcomes }) => outcomes.size > 0)
    .flatMap((operation) => operationMetrics(operation, subject))
  return [
    ...sessions,
    ...operations,
    ...(plan.mcp?.session.subscribe === undefined ? [] : deliveryMetrics(mcp.deliveries, subject)),
  ]
}

function deliveryMetrics({ counts, times }: DeliveryResult, subject: string): Metric[] {
  const { arrived, late, twice, untimed, streamsLost } = counts
  // One that was missed in the warm-up, where nothing is counted, and came after it is taken back all the same.
  const lost = Math.max(0, counts.lost)
  return [
    ratioMetric('lostRatio', lost, arrived + lost),
    ...distributionMetrics('deliveryTime', times, false),
    countMetric('arrived', arrived, 'higher'),
    countMetric('lost', lost, 'lower'),
    countMetric('late', late, 'lower'),
    countMetric('twice', twice, 'lower'),
    countMetric('untimed', untimed, 'lower'),
    countMetric('streamsLost', streamsLost, 'lower'),
  ].map((metric) => ({ subject: partSubject(subject, 'notifications/resources/updated'), ...metric }))
}

function operationMetrics(operation: OperationResult, subject: string): Metric[] {
  return [
    ratioMetric('errorRatio', operation.failed, operation.finished),
    // They are in the times of the whole, which gate; a build should not fail twice for one cause.
    ...distributionMetrics('responseTime', operation.response, false),
    ...distributionMetrics('responseTimeOk', operation.responseOk, false),
    ...distributionMetrics('serviceTime', operation.service, false),
    ...outcomeMetrics(operation.outcomes),
  ].map((metric) => ({ subject: partSubject(subject, operation.name), ...metric }))
}
