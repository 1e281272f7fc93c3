import { incompleteBeta } from './incomplete-beta.ts'

/** Points between the limit and one, evenly on a logarithmic scale: what is integrated is smooth there. */
const STEPS = 400

/**
 * How probable it is that a share keeps within a limit, when so many of so many were counted. Before the count both are as probable:
 * that it keeps to the limit, and is anything below it; or that it does not, and is anything above, by orders of magnitude (the Bayes
 * factor of two composite hypotheses). What works is mostly far below its limit and what does not far beyond, so that few
 * requests tell the two apart: no failure among 500 speaks for one in a thousand at most, and proves nothing.
 *
 * @param count - of what lies beyond, integer in [0, of]
 * @param of - integer ≥ 0
 * @param limitRatio - above 0; from 1 on everything keeps to it
 * @returns 0 … 1; one half for no requests
 */
export function shareWithin(count: number, of: number, limitRatio: number): number {
  if (limitRatio >= 1) return 1
  if (of === 0) return 0.5
  const within = meanLikelihoodBelow(count, of, limitRatio)
  const beyond = meanLikelihoodAbove(count, of, limitRatio)
  // Both may be too small for a number only where the count lies far from the limit, and then just one of them.
  return within + beyond === 0 ? Number(count / of <= limitRatio) : within / (within + beyond)
}

/** ∫ sᵏ(1−s)ⁿ⁻ᵏ ds / limit from 0 to the limit; both means without the factor that they share, B(k, n−k+1) where k > 0. */
function meanLikelihoodBelow(count: number, of: number, limitRatio: number): number {
  if (count === 0) return (1 - (1 - limitRatio) ** (of + 1)) / (of + 1) / limitRatio
  // B(k + 1, n − k + 1) = B(k, n − k + 1) · k / (n + 1)
  return ((count / (of + 1)) * incompleteBeta(limitRatio, count + 1, of - count + 1)) / limitRatio
}

/** ∫ sᵏ⁻¹(1−s)ⁿ⁻ᵏ ds / ln(1/limit) from the limit to 1: even on a logarithmic scale. */
function meanLikelihoodAbove(count: number, of: number, limitRatio: number): number {
  const lengthOfLog = -Math.log(limitRatio)
  if (count > 0) return (1 - incompleteBeta(limitRatio, count, of - count + 1)) / lengthOfLog
  let sum = 0
  for (let index = 0; index < STEPS; index++) {
    const ratio = limitRatio ** ((index + 0.5) / STEPS)
    sum += (1 - ratio) ** of
  }
  return sum / STEPS
}
