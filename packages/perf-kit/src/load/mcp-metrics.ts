import { type Metric, partSubject } from '../run/index.ts'
import { distributionMetrics, outcomeMetrics, ratioMetric } from './load-metrics.ts'
import type { LoadResult } from './load-result.ts'
import type { OperationResult } from './mcp-result.ts'

/** What the Run of an MCP load has besides the whole: each operation of a mix, as a subject of its own. */
export function mcpMetrics({ mcp }: LoadResult, subject: string): Metric[] {
  if (mcp === undefined) return []
  return mcp.operations
    .filter(({ finished }) => finished > 0)
    .flatMap((operation) => operationMetrics(operation, subject))
}

function operationMetrics(operation: OperationResult, subject: string): Metric[] {
  return [
    ratioMetric('errorRatio', operation.failed, operation.finished),
    ...distributionMetrics('responseTime', operation.response, true),
    ...distributionMetrics('responseTimeOk', operation.responseOk, false),
    ...distributionMetrics('serviceTime', operation.service, false),
    ...outcomeMetrics(operation.outcomes),
  ].map((metric) => ({ subject: partSubject(subject, operation.name), ...metric }))
}
