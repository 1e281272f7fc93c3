import { fitUsl, type UslFit } from '../stats/index.ts'
import type { SweepParameter } from './sweep-values.ts'

/** A value that tells of the target. */
export interface UsableLevel {
  readonly value: number
  readonly goodputs: readonly { readonly round: number; readonly perSec: number }[]
}

/** The law, or why it has not been asked. */
export type FittedLevels =
  | { readonly fit: UslFit; readonly why?: undefined }
  | { readonly fit?: undefined; readonly why: 'unit' | 'levels' }

/** λ, σ and κ. */
const FEWEST_LEVELS = 3

/** Throughputs scatter by a share of their size, from one client to a hundred. */
export function fitLevels({ unit }: SweepParameter, levels: readonly UsableLevel[]): FittedLevels {
  // The law is of things that work side by side.
  if (unit === 'bytes') return { why: 'unit' }
  if (levels.length < FEWEST_LEVELS) return { why: 'levels' }
  const points = levels.flatMap(({ value, goodputs }) => goodputs.map((each) => ({ value, ...each })))
  const fit = fitUsl(
    points.map(({ value }) => value),
    points.map(({ perSec }) => perSec),
    { errors: 'relative', blocks: points.map(({ round }) => round) },
  )
  return { fit }
}

/**
 * How far the rounds are apart, as a share: each round's throughputs against the mean of the same value over all rounds. Rounds have
 * the same values, unless some could not be measured.
 */
export function roundDrift(levels: readonly UsableLevel[]): number {
  const offs = levels.flatMap(({ goodputs }) => {
    const logs = goodputs.map(({ perSec }) => Math.log(perSec))
    const mean = meanOf(logs)
    return goodputs.map(({ round }, index) => ({ round, off: (logs[index] ?? 0) - mean }))
  })
  const means = [...Map.groupBy(offs, ({ round }) => round).values()].map((own) => meanOf(own.map(({ off }) => off)))
  return means.length < 2 ? 0 : Math.exp(Math.max(...means) - Math.min(...means)) - 1
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
