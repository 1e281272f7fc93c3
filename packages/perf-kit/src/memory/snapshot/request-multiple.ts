/** How many objects a request leaves behind, as it seems. */
export interface RequestMultiple {
  readonly perRequest: number
  /** `exact`: as good as proved, when it was so twice; `about`: other things than requests come to that as well */
  readonly fit: 'exact' | 'about'
}

/** A step may be off by some objects, because connections and timers come and go besides. */
const EXACT_RATIO = 0.02
const EXACT_COUNT = 8
const MOST_EXACT = 20
const ABOUT_RATIO = 0.1
/** From 5 on, bands of a tenth touch each other: every growth would be about a multiple. */
const MOST_ABOUT = 4

/**
 * Whether requests explain a growth: each step is the same small multiple m of their number k. To within 2 % of k (or 8 objects, of small k) hardly any
 * other growth is so twice: by chance 4 in 100 are once. 0.9 to 1.1 times m · k for m up to 4 is a hint, which more than half of all growths up to there
 * give by chance.
 *
 * @param steps - by how many objects a class grew between one snapshot and the next
 * @param requests - k, made in each of the steps
 */
export function requestMultiple(steps: readonly number[], requests: number): RequestMultiple | undefined {
  const [first] = steps
  if (first === undefined) return undefined
  const perRequest = Math.round(first / requests)
  if (perRequest < 1) return undefined
  const fits = (tolerance: number): boolean =>
    steps.every((growth) => Math.abs(growth - perRequest * requests) <= tolerance)
  const exactly = Math.min(ABOUT_RATIO * requests, Math.max(EXACT_COUNT, EXACT_RATIO * requests))
  if (perRequest <= MOST_EXACT && fits(exactly)) return { perRequest, fit: 'exact' }
  if (perRequest <= MOST_ABOUT && fits(ABOUT_RATIO * perRequest * requests)) return { perRequest, fit: 'about' }
  return undefined
}
