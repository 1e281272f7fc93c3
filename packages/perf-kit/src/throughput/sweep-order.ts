/**
 * Indices of values in the order in which they are measured: each round has all of them, shuffled anew (a randomised complete block
 * design), so that a machine which gets slower or faster meanwhile makes noise of all values, and contention of none.
 *
 * @param seed - the same seed gives the same order
 */
export async function sweepOrder(count: number, rounds: number, seed: number): Promise<readonly (readonly number[])[]> {
  const [{ uniformInt }, { xoroshiro128plus }] = await Promise.all([
    import('pure-rand/distribution/uniformInt'),
    import('pure-rand/generator/xoroshiro128plus'),
  ])
  const generator = xoroshiro128plus(seed)
  return Array.from({ length: rounds }, () => {
    const order = Array.from({ length: count }, (_, index) => index)
    // Fisher and Yates.
    for (let last = count - 1; last > 0; last--) {
      const chosen = uniformInt(generator, 0, last)
      const [low, high] = [order[chosen] ?? 0, order[last] ?? 0]
      order[chosen] = high
      order[last] = low
    }
    return order
  })
}
