import type { Run } from '../run/index.ts'
import type { SweepValue } from './sweep-values.ts'

/** All measurements of one value of a sweep. */
export interface SweptLevel {
  readonly value: SweepValue
  readonly subject: string
  /** of all its rounds together */
  readonly run: Run
  /** a second, of each round that is a measurement, in the order of time */
  readonly goodputs: readonly { readonly round: number; readonly perSec: number }[]
}
