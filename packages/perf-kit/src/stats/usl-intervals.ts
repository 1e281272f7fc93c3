import { studentQuantile } from './student-t.ts'
import { type UslCurve, uslPeak } from './usl-curve.ts'
import { fitHeld, type UslData, type UslHeld } from './usl-model.ts'
import { PeakProfile } from './usl-peak-profile.ts'

export interface UslInterval {
  readonly low: number
  /** may be infinite for the peak: a curve without one is among those that the points allow */
  readonly high: number
}

export interface UslIntervals {
  /** absent when λ was given */
  readonly lambda?: UslInterval
  readonly sigma: UslInterval
  readonly kappa: UslInterval
  readonly peak: UslInterval
  /**
   * At the peak, wherever it is, or what the curve rises towards. Absent when λ was given, where the best curve grows in proportion, and
   * where it falls from the first on: then it is highest there, and that is λ
   */
  readonly peakThroughput?: UslInterval
}

/** A peak at less than this share of the smallest n is none at all: the curve falls from the beginning. */
const LOWEST_PEAK_SHARE = 0.01
/** Of an interval's ends: more digits of them nobody needs. */
const TOLERANCE_RATIO = 1e-4
const MOST_DOUBLINGS = 200
/** On a scale of relative errors: points that lie on their curve have errors all the same, those of their digits. */
const ROUNDING_SQUARED = 1e-18

/**
 * Profile intervals (Bates & Watts 1988, chapter 6): all values of a parameter with which the best of the other parameters brings the
 * sum of squares to no more than t² / degrees above its least. They heed that σ and κ are never negative and that a peak may be
 * infinite, which intervals of standard errors do not: those of κ reach below 0, and have no word for "no peak".
 *
 * @param best - the fit without held parameters, but λ when that is given
 * @param degrees - of freedom, ≥ 1
 */
export function uslIntervals(
  data: UslData,
  best: { readonly curve: UslCurve; readonly sum: number },
  {
    degrees,
    confidenceRatio,
    lambda,
  }: { readonly degrees: number; readonly confidenceRatio: number; readonly lambda?: number },
): UslIntervals {
  const reach = studentQuantile(1 - (1 - confidenceRatio) / 2, degrees) ** 2 / degrees
  const limit = best.sum * (1 + reach) + ROUNDING_SQUARED * data.ns.length
  const given = lambda === undefined ? {} : { lambda }
  const within =
    (held: (value: number) => UslHeld) =>
    (value: number): boolean =>
      fitHeld(data, { ...given, ...held(value) }).sum <= limit
  const { curve } = best
  const inverse = profile({
    isWithin: within((inversePeak) => ({ inversePeak })),
    estimate: 1 / uslPeak(curve).n,
    highest: 1 / (LOWEST_PEAK_SHARE * Math.min(...data.ns)),
  })
  return {
    ...(lambda === undefined
      ? { lambda: profile({ isWithin: within((value) => ({ lambda: value })), estimate: curve.lambda }) }
      : {}),
    sigma: profile({ isWithin: within((sigma) => ({ sigma })), estimate: curve.sigma, highest: 1 }),
    kappa: profile({ isWithin: within((kappa) => ({ kappa })), estimate: curve.kappa }),
    peak: { low: 1 / inverse.high, high: 1 / inverse.low },
    ...(lambda === undefined ? peakThroughputWithin(data, curve, limit) : {}),
  }
}

function peakThroughputWithin(data: UslData, curve: UslCurve, limit: number): Pick<UslIntervals, 'peakThroughput'> {
  const { n, throughput } = uslPeak(curve)
  if (n < 1 || !Number.isFinite(throughput)) return {}
  const heights = new PeakProfile(data, curve)
  const inverse = profile({ isWithin: (value) => heights.allows(value, limit), estimate: 1 / throughput })
  return { peakThroughput: { low: 1 / inverse.high, high: 1 / inverse.low } }
}

interface Profile {
  /** whether the points allow the value */
  readonly isWithin: (value: number) => boolean
  /** which they do */
  readonly estimate: number
  readonly highest?: number
}

function profile({ isWithin, estimate, highest = Number.POSITIVE_INFINITY }: Profile): UslInterval {
  const start = Math.min(estimate, highest)
  return { low: lowEnd(isWithin, start), high: highEnd(isWithin, start, highest) }
}

function lowEnd(isWithin: Profile['isWithin'], estimate: number): number {
  return estimate === 0 || isWithin(0) ? 0 : edge(isWithin, estimate, 0)
}

function highEnd(isWithin: Profile['isWithin'], estimate: number, highest: number): number {
  if (Number.isFinite(highest)) return isWithin(highest) ? highest : edge(isWithin, estimate, highest)
  let beyond = estimate === 0 ? Number.EPSILON : 1.1 * estimate
  let inside = estimate
  for (let doubling = 0; doubling < MOST_DOUBLINGS && isWithin(beyond); doubling++) {
    inside = beyond
    beyond *= 2
  }
  return edge(isWithin, inside, beyond)
}

/** Where the allowed values end between one that is and one that is not. */
function edge(isWithin: Profile['isWithin'], inside: number, outside: number): number {
  let [near, far] = [inside, outside]
  while (Math.abs(far - near) > TOLERANCE_RATIO * Math.max(Math.abs(near), Math.abs(far))) {
    const middle = (near + far) / 2
    if (middle === near || middle === far) break
    if (isWithin(middle)) near = middle
    else far = middle
  }
  return near
}
