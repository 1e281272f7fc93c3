/**
 * Distribution of the sum of those ranks whose fair coin shows heads, by dynamic programming: the signed-rank statistic
 * when every sign is a coin toss. Probabilities are multiples of 2^-n, hence exact in doubles up to n = 53.
 *
 * @param ranks - positive integers; not mutated
 * @returns P(sum = s) at index s, s = 0 … Σ ranks
 */
export function coinSumDistribution(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0)
  const mass = new Float64Array(total + 1)
  mass[0] = 1
  let reach = 0
  // Integers, or V8 indexes by doubles: six times slower.
  for (const rank of Int32Array.from(ranks)) {
    reach += rank
    for (let sum = reach; sum >= rank; sum--) mass[sum] = ((mass[sum] ?? 0) + (mass[sum - rank] ?? 0)) / 2
    for (let sum = Math.min(rank, reach + 1) - 1; sum >= 0; sum--) mass[sum] = (mass[sum] ?? 0) / 2
  }
  return mass
}
