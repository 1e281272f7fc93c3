/**
 * The Universal Scalability Law: X(n) = λn / (1 + σ(n − 1) + κn(n − 1)), for n clients, processes or anything else that works side
 * by side (Gunther, Guerrilla Capacity Planning, 2007, chapter 4; with λ for X(1) as in Gunther 2018).
 */
export interface UslCurve {
  /** λ: throughput of one, in the unit of throughputs */
  readonly lambda: number
  /** σ, contention: the share of the work that only one can do at a time; from 0 to 1 */
  readonly sigma: number
  /** κ, coherence: what each costs each other; 0 or more */
  readonly kappa: number
}

/** Where a curve is highest. */
export interface UslPeak {
  /** √((1 − σ)/κ); infinite when κ is 0, because the curve rises for ever then; below 1 when it falls from the beginning */
  readonly n: number
  /** there, in the unit of throughputs; what it rises towards when it has no peak, which is infinite when σ is 0 too */
  readonly throughput: number
}

/** @param n - above 0 */
export function uslThroughput({ lambda, sigma, kappa }: UslCurve, n: number): number {
  return (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1))
}

export function uslPeak(curve: UslCurve): UslPeak {
  const { lambda, sigma, kappa } = curve
  if (kappa === 0) return { n: Number.POSITIVE_INFINITY, throughput: lambda / sigma }
  const n = Math.sqrt((1 - sigma) / kappa)
  // Nobody has less than one: a curve that falls from the beginning is highest there.
  return { n, throughput: uslThroughput(curve, Math.max(1, n)) }
}
