import type { Histogram } from 'hdr-histogram-js'

/** How many values are greater. The library tells values of ranks, and not ranks of values: the last rank within, by bisection. */
export function countBeyond(histogram: Histogram, limit: number): number {
  const total = histogram.totalCount
  let within = 0
  let beyond = total + 1
  while (beyond - within > 1) {
    const rank = Math.floor((within + beyond) / 2)
    if (histogram.getValueAtPercentile((100 * rank) / total) <= limit) within = rank
    else beyond = rank
  }
  return total - within
}
