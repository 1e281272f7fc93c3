import { type Metric, partSubject } from '../run/index.ts'
import { countMetric, distributionMetrics, ratioMetric } from './load-metrics.ts'
import type { LoadResult } from './load-result.ts'
import type { DeliveryResult } from './mcp-result.ts'

/** What the Run of an MCP load has more of the whole: how sessions opened, and what tools told of their progress. */
export function sessionMetrics({ mcp, plan }: LoadResult, subject: string): Metric[] {
  if (mcp === undefined) return []
  return [
    ...distributionMetrics('sessionOpenTime', mcp.sessionOpen, false),
    ...(plan.mcp?.session.progress === true ? [countMetric('progressEvents', mcp.progressEvents, 'higher')] : []),
  ].map((metric) => ({ subject, ...metric }))
}

/** Notifications as a subject of their own; nothing of sessions that have not subscribed to any. */
export function notificationMetrics({ mcp, plan }: LoadResult, subject: string): Metric[] {
  if (mcp === undefined || plan.mcp?.session.subscribe === undefined) return []
  return deliveryMetrics(mcp.deliveries, subject)
}

function deliveryMetrics({ counts, times }: DeliveryResult, subject: string): Metric[] {
  const { arrived, lost, late, twice, untimed, streamsLost } = counts
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
