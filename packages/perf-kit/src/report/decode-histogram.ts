import type { Histogram } from 'hdr-histogram-js'
import { loadHistograms, type Metric, type Run } from '../run/index.ts'

/**
 * The histogram that a metric comes from.
 *
 * @returns `undefined` when it has none, or one that cannot be decoded or holds another number of values than it says
 */
export function decodeHistogram({ evidence }: Pick<Metric, 'evidence'>): Histogram | undefined {
  if (evidence.kind !== 'histogram') return undefined
  try {
    const histogram = loadHistograms().decodeFromCompressedBase64(evidence.data)
    return histogram.totalCount === evidence.count ? histogram : undefined
  } catch {
    return undefined
  }
}

/** Metrics whose histogram cannot be read: a file was cut, edited or written by something else. */
function damagedMetrics({ metrics }: Pick<Run, 'metrics'>): Metric[] {
  return metrics.filter((metric) => metric.evidence.kind === 'histogram' && decodeHistogram(metric) === undefined)
}

/**
 * A Run that can be shown: without the budgets that cannot be judged, and with a warning that says what is damaged.
 * A Run without damage is returned as it is.
 */
export function withDamageTold(run: Run): { readonly run: Run; readonly isDamaged: boolean } {
  const damaged = damagedMetrics(run)
  if (damaged.length === 0) return { run, isDamaged: false }
  const names = new Set(damaged.map(({ name }) => name))
  const { budgets } = run
  const judgeable = budgets?.filter(({ metric }) => !names.has(metric))
  const lost = (budgets?.length ?? 0) - (judgeable?.length ?? 0)
  const shown = damaged.map(({ name, subject }) => ({
    code: 'HISTOGRAM_DAMAGED',
    subject,
    message: `the histogram of ${name} cannot be decoded: its shape and what is counted from it are missing here`,
  }))
  const unjudged = {
    code: 'BUDGETS_NOT_JUDGED',
    message: `${lost} of ${budgets?.length} budgets cannot be judged without that histogram`,
  }
  return {
    run: {
      ...run,
      ...(judgeable === undefined ? {} : { budgets: judgeable }),
      warnings: [...run.warnings, ...shown, ...(lost === 0 ? [] : [unjudged])],
    },
    isDamaged: true,
  }
}
