import type { Run } from '../../src/run/index.ts'

/** The histogram of one metric made unreadable, in one of the ways that files break. */
export function damaged(run: Run, name: string, damage: (data: string) => string): Run {
  return {
    ...run,
    metrics: run.metrics.map((metric) =>
      metric.name === name && metric.evidence.kind === 'histogram'
        ? { ...metric, evidence: { ...metric.evidence, data: damage(metric.evidence.data) } }
        : metric,
    ),
  }
}
