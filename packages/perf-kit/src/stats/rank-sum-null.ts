/**
 * Distribution of the Mann–Whitney statistic over all ways to deal the pooled values into two samples, by dynamic programming
 * over the groups of tied values, in ascending order (van de Wiel 2001). With c of a group's t values dealt to the right
 * above `below` values of the left, the doubled statistic grows by c (2 below + t − c), in (t choose c) ways.
 *
 * @param groupSizes - how many pooled values are equal, group after group, ascending; not mutated
 * @param rightCount - size of the right sample; the work is proportional to it, so let it be the smaller one
 * @returns P(2 U = u) at index u, where U counts the pairs with right > left, ties as half
 */
export function dealtStatisticDistribution(groupSizes: readonly number[], rightCount: number): Float64Array {
  const total = groupSizes.reduce((sum, size) => sum + size, 0)
  const leftCount = total - rightCount
  const width = 2 * leftCount * rightCount + 1
  const ways = Array.from({ length: rightCount + 1 }, () => new Float64Array(width))
  ways[0]?.fill(1, 0, 1)
  let seen = 0
  for (const size of Int32Array.from(groupSizes)) {
    const choices = binomialRow(size)
    for (let dealt = Math.min(rightCount, seen + size); dealt >= 1; dealt--) {
      for (let now = 1; now <= Math.min(size, dealt); now++) {
        const before = dealt - now
        const below = seen - before
        if (below < 0 || below + size - now > leftCount) continue
        addShifted(ways[dealt], ways[before], now * (2 * below + size - now), 2 * before * below, choices[now] ?? 0)
      }
    }
    seen += size
  }
  return normalise(ways[rightCount] ?? new Float64Array(1))
}

function addShifted(
  target: Float64Array | undefined,
  source: Float64Array | undefined,
  offset: number,
  reach: number,
  weight: number,
): void {
  if (target === undefined || source === undefined) return
  for (let index = 0; index <= reach; index++) {
    target[index + offset] = (target[index + offset] ?? 0) + weight * (source[index] ?? 0)
  }
}

function binomialRow(size: number): number[] {
  const row = [1]
  for (let index = 1; index <= size; index++) row.push(((row[index - 1] ?? 0) * (size - index + 1)) / index)
  return row
}

function normalise(ways: Float64Array): Float64Array {
  const total = ways.reduce((sum, count) => sum + count, 0)
  return ways.map((count) => count / total)
}
