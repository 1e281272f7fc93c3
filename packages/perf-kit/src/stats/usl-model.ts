import { fitSum, type SumFit, type SumModel, type UslErrors } from './sum-fit.ts'
import type { UslCurve } from './usl-curve.ts'

/** Measured throughputs, and which errors of them weigh alike. */
export interface UslData {
  readonly ns: readonly number[]
  readonly xs: readonly number[]
  readonly errors: UslErrors
}

/** Which of the law's parameters are given: λ, and one of the others at most. */
export interface UslHeld {
  readonly lambda?: number
  readonly sigma?: number
  readonly kappa?: number
  /** 1/n of the peak, which is 0 where there is none */
  readonly inversePeak?: number
}

/**
 * n/X(n) = a·A(n) + b·B(n) + c·C(n) with a = 1/λ, b = σ/λ and c = κ/λ: a sum, whose parts are none of them negative, and b is at
 * most a. A parameter that is held makes one of a, b and c part of another.
 */
interface Parts {
  readonly a: readonly number[]
  /** absent when σ is held */
  readonly b?: readonly number[]
  /** absent when κ or the peak is held */
  readonly c?: readonly number[]
}

/** The best curve among those with the held parameters. */
export function fitHeld(data: UslData, held: UslHeld): { readonly curve: UslCurve; readonly sum: number } {
  const parts = partsOf(data.ns, held)
  const fit = fitSum(data.ns, data.xs, modelOf(parts, held.lambda), data.errors)
  return { curve: curveOf(parts, fit, held), sum: fit.sum }
}

function partsOf(ns: readonly number[], { sigma, kappa, inversePeak }: UslHeld): Parts {
  const pairs = ns.map((n) => n * (n - 1))
  if (sigma !== undefined) return { a: ns.map((n) => 1 + sigma * (n - 1)), c: pairs }
  const others = ns.map((n) => n - 1)
  if (kappa !== undefined) return { a: pairs.map((pair) => 1 + kappa * pair), b: others }
  if (inversePeak === undefined) return { a: ns.map(() => 1), b: others, c: pairs }
  // κ = (1 − σ)/n², so that c = (a − b)/n².
  const perPair = pairs.map((pair) => pair * inversePeak ** 2)
  return { a: perPair.map((value) => 1 + value), b: others.map((n, index) => n - (perPair[index] ?? 0)) }
}

/** Without λ, a is d + b, so that b ≤ a becomes d ≥ 0. */
function modelOf({ a, b, c }: Parts, lambda: number | undefined): SumModel {
  const pairs = c === undefined ? [] : [{ values: c, most: Number.POSITIVE_INFINITY }]
  if (lambda !== undefined) {
    const others = b === undefined ? [] : [{ values: b, most: 1 / lambda }]
    return { fixed: a.map((value) => value / lambda), terms: [...others, ...pairs] }
  }
  const both = a.map((value, index) => value + (b?.[index] ?? 0))
  const free = { values: a, most: Number.POSITIVE_INFINITY }
  const others = b === undefined ? [] : [{ values: both, most: Number.POSITIVE_INFINITY }]
  return { fixed: a.map(() => 0), terms: [free, ...others, ...pairs] }
}

function curveOf(parts: Parts, { coefficients }: SumFit, held: UslHeld): UslCurve {
  const rest = [...coefficients]
  const alone = held.lambda === undefined ? (rest.shift() ?? 0) : undefined
  const b = parts.b === undefined ? undefined : (rest.shift() ?? 0)
  const c = parts.c === undefined ? undefined : (rest.shift() ?? 0)
  const a = alone === undefined ? 1 / (held.lambda ?? 1) : alone + (b ?? 0)
  const sigma = held.sigma ?? (b ?? 0) / a
  const kappa = held.kappa ?? (c === undefined ? (1 - sigma) * (held.inversePeak ?? 0) ** 2 : c / a)
  return { lambda: held.lambda ?? 1 / a, sigma, kappa }
}
