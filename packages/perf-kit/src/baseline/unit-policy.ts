import type { Unit } from '../run/index.ts'

export interface UnitPolicy {
  /**
   * Added to both sides before the logarithm is taken, so that nothing against nothing is no change and something
   * against nothing is a large one. Far below what matters in that unit.
   */
  readonly smoothing: number
  /** Pairs: a change beyond this is worth a verdict. */
  readonly regressedRatio: number
  /** Pairs: passed when shown to be no worse than this. */
  readonly nonInferiorRatio: number
  /** Pairs: a change below this never counts, whatever its ratio. In the unit. */
  readonly pairedFloor: number
  /** Stored baseline: a change beyond this is worth a verdict. Wider, because time has passed between the two. */
  readonly storedRatio: number
  /** Stored baseline: a change below this never counts, whatever its ratio. In the unit. */
  readonly storedFloor: number
  /** Whether a machine that runs one side faster than the other moves it. */
  readonly dependsOnSpeed: boolean
}

const TIME: UnitPolicy = {
  smoothing: 1e-3,
  regressedRatio: 0.02,
  nonInferiorRatio: 0.03,
  pairedFloor: 0,
  storedRatio: 0.1,
  storedFloor: 0,
  dependsOnSpeed: true,
}

const POLICIES: Readonly<Record<Unit, UnitPolicy>> = {
  ns: TIME,
  perSec: { ...TIME, smoothing: 1e-6 },
  bytes: {
    // The smallest object on V8's heap (12 or 16 bytes with pointer compression off).
    smoothing: 16,
    regressedRatio: 0.05,
    nonInferiorRatio: 0.1,
    // Less than the smallest object: one that is made in some of the calls only.
    pairedFloor: 8,
    storedRatio: 0.05,
    storedFloor: 16,
    dependsOnSpeed: false,
  },
  ratio: {
    smoothing: 1e-3,
    regressedRatio: 0.05,
    nonInferiorRatio: 0.1,
    pairedFloor: 0,
    storedRatio: 0.05,
    storedFloor: 0,
    dependsOnSpeed: false,
  },
  count: {
    smoothing: 1,
    regressedRatio: 0.05,
    nonInferiorRatio: 0.1,
    pairedFloor: 0,
    storedRatio: 0.05,
    storedFloor: 0,
    dependsOnSpeed: false,
  },
}

export function policyOf(unit: Unit): UnitPolicy {
  return POLICIES[unit]
}
