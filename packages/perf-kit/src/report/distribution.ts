import type { Metric } from '../run/index.ts'
import { decodeHistogram } from './decode-histogram.ts'

/** As many points of the distribution as its picture could show. */
const QUANTILES = 200

/**
 * Values with a metric's distribution: its repetitions, or equally likely points of its histogram.
 *
 * @returns empty for what is a single number, and when a histogram cannot be decoded: a picture is not
 * worth an error
 */
export function distributionValues({ evidence }: Pick<Metric, 'evidence'>): readonly number[] {
  if (evidence.kind === 'repetitions') return evidence.values
  if (evidence.kind === 'pairs') return evidence.candidate
  if (evidence.kind === 'quantile' || evidence.kind === 'proportion') return []
  const histogram = decodeHistogram({ evidence })
  if (histogram === undefined) return []
  return Array.from({ length: QUANTILES }, (_, index) =>
    histogram.getValueAtPercentile(((index + 0.5) / QUANTILES) * 100),
  )
}
