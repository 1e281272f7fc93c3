/** Which errors weigh alike: those of so many units, or those of such a share of the value. */
export type UslErrors = 'absolute' | 'relative'

/**
 * Throughputs as n/R, where R, the time that a round of n takes, is a sum: `fixed` and some terms, each so many times. The
 * Universal Scalability Law is of this form, and so is what is left of it when one of its parameters is held.
 */
export interface SumModel {
  readonly fixed: readonly number[]
  readonly terms: readonly Term[]
}

interface Term {
  /** for each point */
  readonly values: readonly number[]
  /** its coefficient lies from 0 up to this; may be infinite */
  readonly most: number
}

export interface SumFit {
  /** of the terms, in their order */
  readonly coefficients: readonly number[]
  /** of squares, on the scale on which errors weigh alike */
  readonly sum: number
}

const MOST_STEPS = 300
const FIRST_DAMPING = 1e-3
const MOST_DAMPING = 1e12
/** Less than this is no progress: digits of a sum of squares end there. */
const SMALLEST_GAIN = 1e-14
const PATIENCE = 2

/**
 * Non-linear least squares with bounds, by Levenberg's and Marquardt's method, projected: a coefficient that rests on its bound and
 * is pushed against it stays out of a step, and one that a step would take beyond is set upon it (Kanzow, Yamashita & Fukushima 2004).
 *
 * Written here, for at most three coefficients: libraries for it take derivatives by differences, and clamp steps at bounds without
 * leaving out the coefficients that lie there, so that they stop at κ = 0 before the others have arrived.
 *
 * @param ns - above 0
 * @param xs - above 0, as many
 */
export function fitSum(ns: readonly number[], xs: readonly number[], model: SumModel, errors: UslErrors): SumFit {
  const scales = scalesOf(ns, xs, model)
  const problem = { ns, xs, errors, model: scaled(model, scales), unit: meanOf(xs) }
  let at = problem.model.terms.map(({ most }) => Math.min(most, 1 / model.terms.length))
  let here = linearised(problem, at)
  let damping = FIRST_DAMPING
  let idle = 0
  for (let step = 0; step < MOST_STEPS && damping < MOST_DAMPING && idle < PATIENCE; step++) {
    const next = stepFrom(problem, at, here, damping)
    const there = linearised(problem, next)
    const gain = here.sum - there.sum
    // Neither better nor worse by a digit that counts: it has arrived.
    idle = Math.abs(gain) <= SMALLEST_GAIN * here.sum ? idle + 1 : 0
    if (!(gain > 0)) {
      damping *= 4
      continue
    }
    at = next
    here = there
    damping /= 10
  }
  return { coefficients: at.map((value, index) => value * (scales[index] ?? 1)), sum: here.sum }
}

/** Throughputs on the scale on which errors weigh alike; `unit` makes numbers of them that have none. */
export function onScale(x: number, errors: UslErrors, unit: number): number {
  return errors === 'relative' ? Math.log(x) : x / unit
}

interface Problem {
  readonly ns: readonly number[]
  readonly xs: readonly number[]
  readonly errors: UslErrors
  readonly model: SumModel
  readonly unit: number
}

/** The sum of squares at a place, with its first derivatives, and Gauss's approximation of the second. */
interface Linearised {
  readonly sum: number
  readonly gradient: readonly number[]
  readonly curvature: readonly (readonly number[])[]
}

function linearised({ ns, xs, errors, model, unit }: Problem, at: readonly number[]): Linearised {
  const count = at.length
  const gradient = new Array<number>(count).fill(0)
  const curvature = at.map(() => new Array<number>(count).fill(0))
  const slopes = new Array<number>(count).fill(0)
  let sum = 0
  // Plain loops: a profile comes here a hundred thousand times.
  for (let index = 0; index < ns.length; index++) {
    const n = ns[index] ?? 0
    let round = model.fixed[index] ?? 0
    for (let term = 0; term < count; term++) round += (at[term] ?? 0) * (model.terms[term]?.values[index] ?? 0)
    if (!(round > 0)) return { sum: Number.POSITIVE_INFINITY, gradient, curvature }
    const residual = onScale(xs[index] ?? 0, errors, unit) - onScale(n / round, errors, unit)
    const slope = errors === 'relative' ? 1 / round : n / (round * round * unit)
    sum += residual * residual
    for (let row = 0; row < count; row++) {
      const own = slope * (model.terms[row]?.values[index] ?? 0)
      slopes[row] = own
      gradient[row] = (gradient[row] ?? 0) + residual * own
      const line = curvature[row] ?? []
      for (let column = 0; column <= row; column++) line[column] = (line[column] ?? 0) + own * (slopes[column] ?? 0)
    }
  }
  for (let row = 0; row < count; row++) {
    for (let column = row + 1; column < count; column++) {
      const line = curvature[row]
      if (line !== undefined) line[column] = curvature[column]?.[row] ?? 0
    }
  }
  return { sum, gradient, curvature }
}

function stepFrom({ model }: Problem, at: readonly number[], here: Linearised, damping: number): number[] {
  const free = at.flatMap((value, index) => {
    const downhill = -(here.gradient[index] ?? 0)
    const most = model.terms[index]?.most ?? Number.POSITIVE_INFINITY
    return (value <= 0 && downhill < 0) || (value >= most && downhill > 0) ? [] : [index]
  })
  const rows = free.map((row) => [
    ...free.map((column) => (here.curvature[row]?.[column] ?? 0) * (row === column ? 1 + damping : 1)),
    -(here.gradient[row] ?? 0),
  ])
  const changes = solved(rows)
  return at.map((value, index) => {
    const change = changes[free.indexOf(index)] ?? 0
    return Math.min(model.terms[index]?.most ?? Number.POSITIVE_INFINITY, Math.max(0, value + change))
  })
}

/**
 * Linear equations by elimination; damped, they are positive definite, so that no rows need to be exchanged.
 *
 * @param rows - each with its right side at the end; used up
 */
function solved(rows: number[][]): number[] {
  const count = rows.length
  for (const [pivot, own] of rows.entries()) {
    // A term that is nothing at all points has no coefficient.
    const head = own[pivot] || 1
    for (const other of rows.slice(pivot + 1)) {
      const factor = (other[pivot] ?? 0) / head
      for (let column = pivot; column <= count; column++) {
        other[column] = (other[column] ?? 0) - factor * (own[column] ?? 0)
      }
    }
  }
  const result = rows.map(() => 0)
  for (let row = count - 1; row >= 0; row--) {
    const own = rows[row] ?? []
    let rest = own[count] ?? 0
    for (let column = row + 1; column < count; column++) rest -= (own[column] ?? 0) * (result[column] ?? 0)
    result[row] = rest / (own[row] || 1)
  }
  return result
}

/** Terms differ by the square of n; scaled, one step size does for all of them. */
function scalesOf(ns: readonly number[], xs: readonly number[], { terms }: SumModel): number[] {
  const round = meanOf(ns.map((n, index) => n / (xs[index] ?? 1)))
  return terms.map(({ values }) => {
    const size = meanOf(values.map(Math.abs))
    return size === 0 ? 1 : round / size
  })
}

function scaled({ fixed, terms }: SumModel, scales: readonly number[]): SumModel {
  return {
    fixed,
    terms: terms.map(({ values, most }, index) => {
      const scale = scales[index] ?? 1
      return { values: values.map((value) => value * scale), most: most / scale }
    }),
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
