import { outOfRange, requireOpenRatio, requireSample } from './sample-checks.ts'
import type { UslErrors } from './sum-fit.ts'
import { type Unblocked, widenedByBlocks, withoutBlocks } from './usl-blocks.ts'
import { type UslCurve, type UslPeak, uslPeak, uslThroughput } from './usl-curve.ts'
import { type UslFitness, uslFitness } from './usl-fitness.ts'
import { type UslInterval, type UslIntervals, uslIntervals } from './usl-intervals.ts'
import { fitHeld, type UslData } from './usl-model.ts'

export interface UslOptions {
  /** λ, when it is not to be fitted: some take X(1) for it, whose error then is in σ and κ */
  readonly lambda?: number
  /**
   * `absolute` (the default): as books and other tools have it. `relative`: for throughputs that scatter by a share of their size,
   * as measured ones do over a wide range
   */
  readonly errors?: UslErrors
  /** of each point, which round it was measured in: what is the same for all of a round is no noise of theirs */
  readonly blocks?: readonly number[]
  /** of the intervals; default 0.95 */
  readonly confidenceRatio?: number
}

export interface UslFit {
  readonly curve: UslCurve
  readonly peak: UslPeak
  /** absent when there are as many parameters as points: such a curve goes through all of them */
  readonly intervals: UslIntervals | undefined
  /** throughput − curve, in the order of the points, and without what their blocks have in common */
  readonly residuals: readonly number[]
  readonly fitness: UslFitness
}

/**
 * The Universal Scalability Law by non-linear least squares, with σ from 0 to 1 and κ ≥ 0. Intervals are profiles, and take errors of
 * points as independent; where points do not follow the law, they are those of its best curve, and promise nothing.
 *
 * @param ns - clients, processes or the like; above 0, at least three different ones (two when λ is given); not mutated
 * @param xs - throughputs, above 0, as many; not mutated
 * @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function fitUsl(ns: readonly number[], xs: readonly number[], options: UslOptions = {}): UslFit {
  const { lambda, errors = 'absolute', confidenceRatio = 0.95, blocks = ns.map(() => 0) } = options
  const parameters = lambda === undefined ? 3 : 2
  requireLevels(ns, xs, parameters)
  requireOpenRatio(confidenceRatio, 'confidenceRatio')
  if (lambda !== undefined && !(lambda > 0 && Number.isFinite(lambda))) {
    throw outOfRange(`λ is ${lambda}`, 'Give the throughput of one, which is above 0, or leave it out.')
  }
  if (blocks.length !== ns.length) {
    throw outOfRange(`${blocks.length} blocks do not pair with ${ns.length} ns`, 'Give each point its block.')
  }
  const given = lambda === undefined ? {} : { lambda }
  const unblocked = withoutBlocks(ns, xs, blocks)
  const data: UslData = { ns, xs: unblocked.xs, errors }
  const best = fitHeld(data, given)
  const { curve } = best
  const degrees = ns.length - parameters - unblocked.degrees
  const told = { degrees, confidenceRatio, ...given }
  return {
    curve,
    peak: uslPeak(curve),
    intervals: degrees <= 0 ? undefined : ofBlocks(uslIntervals(data, best, told), curve, unblocked, confidenceRatio),
    residuals: unblocked.xs.map((x, index) => x - uslThroughput(curve, ns[index] ?? 1)),
    fitness: uslFitness(data, curve, { fitted: parameters, blocks: unblocked.degrees }),
  }
}

/** Heights of the curve have their blocks' error besides; what is of its form has not. */
function ofBlocks(
  { lambda, peakThroughput, ...intervals }: UslIntervals,
  curve: UslCurve,
  unblocked: Unblocked,
  confidenceRatio: number,
): UslIntervals {
  const widened = (height: UslInterval, estimate: number): UslInterval =>
    widenedByBlocks(height, estimate, unblocked, confidenceRatio)
  return {
    ...intervals,
    ...(lambda === undefined ? {} : { lambda: widened(lambda, curve.lambda) }),
    ...(peakThroughput === undefined ? {} : { peakThroughput: widened(peakThroughput, uslPeak(curve).throughput) }),
  }
}

function requireLevels(ns: readonly number[], xs: readonly number[], parameters: number): void {
  requireSample(ns, 'ns')
  requireSample(xs, 'xs')
  if (ns.length !== xs.length) {
    throw outOfRange(`${ns.length} ns do not pair with ${xs.length} xs`, 'Give each point one n and one throughput.')
  }
  const low = [...ns, ...xs].find((value) => value <= 0)
  if (low !== undefined) {
    throw outOfRange(`${low} is no number of clients or the like, and no throughput`, 'Leave such points out.')
  }
  const levels = new Set(ns).size
  if (levels >= parameters) return
  throw outOfRange(
    `points at ${levels} different n do not tell ${parameters} parameters apart`,
    `Measure at ${parameters} or more different n; six or more show whether the law fits.`,
  )
}
