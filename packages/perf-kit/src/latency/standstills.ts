import type { TargetStandstills } from '../load/index.ts'
import { Pauses } from './pauses.ts'

/** When the target's main thread stood still, by why: no moment has two reasons. */
export class Standstills {
  readonly gc: Pauses
  /** something ran long, or there was no processor: what is left of stalls when collections of garbage are taken out */
  readonly eventLoop: Pauses

  constructor({ pauses, stalls }: TargetStandstills = { pauses: [], stalls: [] }) {
    this.gc = new Pauses(pauses)
    this.eventLoop = new Pauses(stalls.flatMap((stall) => this.gc.remainderOf(stall)))
  }
}
