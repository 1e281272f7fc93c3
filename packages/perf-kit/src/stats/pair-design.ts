import { outOfRange, requireOpenRatio, requireSample } from './sample-checks.ts'

/**
 * What was decided about a comparison by interleaved pairs before it began. Margins are logarithms of the
 * ratio candidate/baseline of a cost, such as time per operation.
 */
export interface PairDesign {
  /** After how many pairs to judge, ascending. */
  readonly looks: readonly number[]
  /** One-sided level of each test at each look: k looks risk at most k times as much. */
  readonly alphaPerLook: number
  /** A change is worth a verdict beyond this. */
  readonly regressionMargin: number
  /** A candidate passes when its cost is shown to lie below this. */
  readonly nonInferiorityMargin: number
  /** Two-sided level at which a null comparison (one version against itself) counts as biased … */
  readonly nullAlpha: number
  /** … provided that its bias exceeds this. */
  readonly nullMargin: number
}

/**
 * The design of this project. No fewer than ten pairs can reach 0.001 (2^-10 = 0.00098), and by the union bound over five looks
 * false regressions, false improvements and false passes each stay below 0.5 %.
 */
export const PAIR_DESIGN: PairDesign = {
  looks: [10, 15, 22, 32, 48],
  alphaPerLook: 0.001,
  regressionMargin: Math.log(1.02),
  nonInferiorityMargin: Math.log(1.03),
  nullAlpha: 0.01,
  nullMargin: Math.log(1.01),
}

/**
 * @param pairCount - pairs measured so far
 * @returns after how many pairs to look next; `undefined` when all looks are spent
 * @throws {PerfKitError} as `requireDesign`
 */
export function nextLook(pairCount: number, design: PairDesign = PAIR_DESIGN): number | undefined {
  requireDesign(design)
  return design.looks.find((look) => look > pairCount)
}

/** @throws {PerfKitError} `EMPTY_SAMPLE`, `NOT_FINITE` or `OUT_OF_RANGE` for a design that cannot be carried out */
export function requireDesign(design: PairDesign): void {
  requireSample(design.looks, 'looks')
  requireOpenRatio(design.alphaPerLook, 'alphaPerLook')
  requireOpenRatio(design.nullAlpha, 'nullAlpha')
  for (const name of ['regressionMargin', 'nonInferiorityMargin', 'nullMargin'] as const) {
    if (design[name] >= 0 && design[name] < Number.POSITIVE_INFINITY) continue
    throw outOfRange(
      `${name} is ${design[name]}`,
      `Give ${name} as the logarithm of a ratio ≥ 1: Math.log(1.02) for 2 %.`,
    )
  }
  const ascending = design.looks.every((look, index) => Number.isInteger(look) && look > (design.looks[index - 1] ?? 0))
  if (ascending) return
  throw outOfRange(
    `looks ${design.looks.join(', ')} do not ascend in whole numbers`,
    'List after how many pairs to look, such as 10, 15, 22.',
  )
}
