import { type Metric, partSubject } from '../run/index.ts'
import { distributionMetrics, outcomeMetrics, ratioMetric } from './load-metrics.ts'
import type { LoadResult } from './load-result.ts'
import type { OperationResult } from './operation-result.ts'

/** Each operation of a mix as a subject of its own, beside the whole; none of those that were never asked. */
export function operationMetrics({ operations }: LoadResult, subject: string): Metric[] {
  return operations.filter(({ outcomes }) => outcomes.size > 0).flatMap((operation) => metricsOf(operation, subject))
}

function metricsOf(operation: OperationResult, subject: string): Metric[] {
  return [
    ratioMetric('errorRatio', operation.failed, operation.finished),
    // They are in the times of the whole, which gate; a build should not fail twice for one cause.
    ...distributionMetrics('responseTime', operation.response, false),
    ...distributionMetrics('responseTimeOk', operation.responseOk, false),
    ...distributionMetrics('serviceTime', operation.service, false),
    ...outcomeMetrics(operation.outcomes),
  ].map((metric) => ({ subject: partSubject(subject, operation.name), ...metric }))
}
