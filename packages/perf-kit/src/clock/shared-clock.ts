import { nowNs } from './timer.ts'

/** A thread loses its processor between two readings now and then, hardly ever so many times in a row. */
const READINGS = 32

/**
 * What to add to `nowNs`, which has an own zero in each thread, for the clock of `process.hrtime`, which all processes of a machine share.
 *
 * @param ownNs - read around the other; default `nowNs`
 * @returns ns, from the pair of readings that are the closest: another one may be as far apart as the thread had to wait between them
 */
export function sharedClockOffsetNs(
  ownNs: () => number = nowNs,
  sharedNs: () => number = () => Number(process.hrtime.bigint()),
): number {
  let closestNs = Number.POSITIVE_INFINITY
  let offsetNs = 0
  for (let reading = 0; reading < READINGS; reading++) {
    const beforeNs = ownNs()
    const betweenNs = sharedNs()
    const apartNs = ownNs() - beforeNs
    if (apartNs >= closestNs) continue
    closestNs = apartNs
    offsetNs = betweenNs - beforeNs - apartNs / 2
  }
  return offsetNs
}
