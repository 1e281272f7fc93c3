/** What was counted in one stretch of time. */
export interface StretchCount {
  /** of `of`, what lies beyond */
  readonly beyond: number
  readonly of: number
}

/**
 * By how much more a share varies from stretch to stretch than it would if each event were for itself: events that come in bunches,
 * such as requests behind one another in a queue, or during one pause, tell as much as so many times fewer (the design effect: Kish 1965;
 * estimated by Pearson's χ² over its degrees of freedom, as in quasi-binomial regression).
 *
 * @returns 1 or more; 1 where nothing, or everything, lies beyond, or there are fewer than two stretches
 */
export function designEffect(stretches: readonly StretchCount[]): number {
  const counted = stretches.filter(({ of }) => of > 0)
  const of = counted.reduce((sum, stretch) => sum + stretch.of, 0)
  const share = counted.reduce((sum, { beyond }) => sum + beyond, 0) / of
  if (counted.length < 2 || !(share > 0 && share < 1)) return 1
  const chiSquare = counted.reduce((sum, stretch) => {
    const expected = share * stretch.of
    return sum + (stretch.beyond - expected) ** 2 / (expected * (1 - share))
  }, 0)
  return Math.max(1, chiSquare / (counted.length - 1))
}
