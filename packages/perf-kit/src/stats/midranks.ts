/**
 * Ranks from 1, ties sharing the mean of theirs, all doubled: midranks end in .0 or .5, and exact tests count in integers.
 *
 * @param values - finite; not mutated
 * @returns in the order given
 */
export function doubledMidranks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((left, right) => left.value - right.value)
  const ranks = values.slice()
  let first = 0
  while (first < order.length) {
    let last = first
    while (order[last + 1]?.value === order[first]?.value) last++
    // Ranks first + 1 … last + 1: twice their mean.
    for (const { index } of order.slice(first, last + 1)) ranks[index] = first + last + 2
    first = last + 1
  }
  return ranks
}
