import { fTail } from './f-tail.ts'
import { runsTest } from './runs-test.ts'
import { onScale } from './sum-fit.ts'
import { type UslCurve, uslThroughput } from './usl-curve.ts'
import type { UslData } from './usl-model.ts'

/**
 * Whether points follow the law:
 * - `follows`: nothing speaks against it, and something could have
 * - `nearly`: they do not, but no level is further than 10 % from its curve
 * - `departs`: they do not, and some level is
 * - `undecided`: the points cannot tell
 */
export type UslFitState = 'follows' | 'nearly' | 'departs' | 'undecided'

/** How it was found out. */
export type UslFitTest =
  /** how far levels are from the curve, against how far repetitions of a level are from each other */
  | { readonly kind: 'lackOfFit'; readonly f: number; readonly pValue: number }
  /** whether levels stay on one side of the curve for too long */
  | { readonly kind: 'runs'; readonly runs: number; readonly pValue: number }
  /** a curve with as many parameters goes through any so few levels, or no order of theirs would be evidence */
  | { readonly kind: 'none' }

export interface UslFitness {
  readonly state: UslFitState
  readonly test: UslFitTest
  /** the level whose mean is furthest from the curve, and by which share of the curve's height */
  readonly worst: { readonly n: number; readonly offRatio: number }
  /** root mean square of all points' distances from the curve, as shares of its height */
  readonly typicalOffRatio: number
  /** share of the throughputs' variance that the curve explains; of a level line that is 0, however well it fits */
  readonly rSquaredRatio: number
}

/** One false alarm in a hundred sweeps of a system that follows the law. */
const ALPHA_REPEATED = 0.01
/** Of few levels, the least p there can be is larger than that. */
const ALPHA_RUNS = 0.05
/** What differs from its curve by less is well described by it, whether it follows the law or not. */
const PRACTICAL_RATIO = 0.1

/** Degrees of freedom that are spent. */
export interface UslSpent {
  /** on parameters of the curve */
  readonly fitted: number
  /** on what points of a block have in common */
  readonly blocks: number
}

export function uslFitness(data: UslData, curve: UslCurve, spent: UslSpent): UslFitness {
  const levels = levelsOf(data)
  const offs = levels.map(({ n, mean }) => ({ n, offRatio: mean / uslThroughput(curve, n) - 1 }))
  const worst = offs.reduce((most, each) => (Math.abs(each.offRatio) > Math.abs(most.offRatio) ? each : most), {
    n: data.ns[0] ?? 1,
    offRatio: 0,
  })
  const test = levels.length <= spent.fitted ? NO_TEST : fitTest(data, curve, levels, spent)
  return {
    state: stateOf(test, Math.abs(worst.offRatio)),
    test,
    worst,
    typicalOffRatio: Math.sqrt(
      meanOf(data.ns.map((n, index) => ((data.xs[index] ?? 0) / uslThroughput(curve, n) - 1) ** 2)),
    ),
    rSquaredRatio: rSquared(data, curve),
  }
}

const NO_TEST: UslFitTest = { kind: 'none' }

interface Level {
  readonly n: number
  readonly xs: readonly number[]
  readonly mean: number
}

function levelsOf({ ns, xs }: UslData): Level[] {
  const points = ns.map((n, index) => ({ n, x: xs[index] ?? 0 }))
  return [...Map.groupBy(points, ({ n }) => n)]
    .map(([n, own]) => ({ n, xs: own.map(({ x }) => x), mean: meanOf(own.map(({ x }) => x)) }))
    .toSorted((left, right) => left.n - right.n)
}

function fitTest(data: UslData, curve: UslCurve, levels: readonly Level[], spent: UslSpent): UslFitTest {
  const unit = meanOf(data.xs)
  const scale = (x: number): number => onScale(x, data.errors, unit)
  const pureDegrees = data.ns.length - levels.length - spent.blocks
  if (pureDegrees <= 0) {
    const { runs, pValue, leastPValue } = runsTest(levels.map(({ n, mean }) => mean - uslThroughput(curve, n)))
    return leastPValue > ALPHA_RUNS ? NO_TEST : { kind: 'runs', runs, pValue }
  }
  // Draper & Smith 1998, section 2.1: the residuals' sum of squares is that of levels, and that within levels.
  let [between, within] = [0, 0]
  for (const { n, xs } of levels) {
    const mean = meanOf(xs.map(scale))
    between += xs.length * (mean - scale(uslThroughput(curve, n))) ** 2
    within += xs.reduce((sum, x) => sum + (scale(x) - mean) ** 2, 0)
  }
  // A parameter that rests on its bound has bent the curve to nothing.
  const resting = [curve.sigma === 0 || curve.sigma === 1, curve.kappa === 0].filter(Boolean).length
  const degrees = levels.length - spent.fitted + resting
  // Repetitions that do not differ at all: whatever the curve leaves is none of their noise.
  const f = between === 0 ? 0 : between / degrees / (within / pureDegrees)
  return { kind: 'lackOfFit', f, pValue: fTail(f, degrees, pureDegrees) }
}

function stateOf(test: UslFitTest, offRatio: number): UslFitState {
  if (test.kind === 'none') return 'undecided'
  const alpha = test.kind === 'runs' ? ALPHA_RUNS : ALPHA_REPEATED
  if (test.pValue < alpha) return offRatio > PRACTICAL_RATIO ? 'departs' : 'nearly'
  // So much noise hides what would speak against it.
  return offRatio > PRACTICAL_RATIO ? 'undecided' : 'follows'
}

function rSquared({ ns, xs }: UslData, curve: UslCurve): number {
  const mean = meanOf(xs)
  const total = xs.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  const left = xs.reduce((sum, x, index) => sum + (x - uslThroughput(curve, ns[index] ?? 1)) ** 2, 0)
  return total === 0 ? 0 : 1 - left / total
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
