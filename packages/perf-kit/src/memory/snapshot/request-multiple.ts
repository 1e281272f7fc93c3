/** From 5 on, bands of a tenth touch each other: every growth would be about a multiple. */
const MOST_PER_REQUEST = 4
const TOLERANCE_RATIO = 0.1

/**
 * How many objects a request leaves behind, if that explains each step: growth by 0.9 to 1.1 times m · k, with the same small m. What a program does for
 * other reasons seldom comes to a multiple of a number that was chosen at will, and hardly ever twice.
 *
 * @param steps - by how many objects a class grew between one snapshot and the next
 * @param requests - k, made in each of the steps
 * @returns m, or `undefined`
 */
export function requestMultiple(steps: readonly number[], requests: number): number | undefined {
  const [first] = steps
  if (first === undefined) return undefined
  const multiple = Math.round(first / requests)
  if (multiple < 1 || multiple > MOST_PER_REQUEST) return undefined
  const expected = multiple * requests
  const fits = steps.every((growth) => Math.abs(growth - expected) <= TOLERANCE_RATIO * expected)
  return fits ? multiple : undefined
}
