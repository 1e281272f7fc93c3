const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** As wide as a line of Markdown in a comment has room for. */
const SPARKLINE_CELLS = 60

/**
 * A series in a line of blocks, from zero up. Where there are more values than cells, each cell shows its highest: a stall must
 * not be averaged away.
 *
 * @param values - null where there was nothing to measure, which is a blank
 */
export function sparkline(values: readonly (number | null)[]): string {
  const cells = Math.min(SPARKLINE_CELLS, values.length)
  const highest = Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * values.length) / cells)
    const to = Math.floor(((cell + 1) * values.length) / cells)
    return highestOf(values.slice(from, to))
  })
  const most = highestOf(highest) ?? 0
  return highest.map((value) => (value === null ? ' ' : blockOf(most > 0 ? value / most : 0))).join('')
}

/** @returns null for nothing but nulls; without spreading, because hours of seconds are more arguments than a call may have */
export function highestOf(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (value !== null && (most === null || value > most) ? value : most), null)
}

function blockOf(shareRatio: number): string {
  const level = Math.min(BLOCKS.length - 1, Math.max(0, Math.ceil(shareRatio * BLOCKS.length) - 1))
  return BLOCKS[level] ?? ' '
}
