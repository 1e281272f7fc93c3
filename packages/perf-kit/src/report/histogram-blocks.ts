const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const ASCII = [' ', '.', ':', '-', '=', '+', '*', '#', '@']

export const HISTOGRAM_CELLS = 12

/** Ends are cut here and what lies beyond is counted into the end cells, or one outlier would flatten all the rest. */
const LOW_END = 0.01
const HIGH_END = 0.99

/**
 * The shape of a distribution in twelve characters, slow to the right.
 *
 * @param values - any order; not mutated
 * @returns blanks when there are no values
 */
export function histogramBlocks(values: readonly number[], { unicode }: { readonly unicode: boolean }): string {
  const levels = unicode ? BLOCKS : ASCII
  const counts = countCells(values)
  const most = Math.max(1, ...counts)
  return counts.map((count) => levels[Math.ceil((count / most) * (levels.length - 1))] ?? ' ').join('')
}

function countCells(values: readonly number[]): number[] {
  const sorted = values.toSorted((left, right) => left - right)
  const low = sorted[Math.floor((sorted.length - 1) * LOW_END)] ?? 0
  const high = sorted[Math.ceil((sorted.length - 1) * HIGH_END)] ?? 0
  const counts = new Array<number>(HISTOGRAM_CELLS).fill(0)
  for (const value of sorted) {
    const position = high > low ? (value - low) / (high - low) : 0.5
    const cell = Math.min(HISTOGRAM_CELLS - 1, Math.max(0, Math.floor(position * HISTOGRAM_CELLS)))
    counts[cell] = (counts[cell] ?? 0) + 1
  }
  return counts
}
