import type { TargetAgent, TargetEnd } from '../target/index.ts'
import type { LoadRunFacts } from './load-run.ts'
import type { TargetSeconds } from './target-seconds.ts'

/** What was started to be driven, as far as a Run tells of it: a `TargetProcess` is one. */
export interface StartedTarget {
  /** leads a process group */
  readonly pid?: number
  readonly hasEnded: boolean
  /** the last that it said */
  readonly outputTail: string
  /** how it came to its end, if it has, and that is known */
  readonly end?: TargetEnd | undefined
  readonly agent: TargetAgent | undefined
  /** why there is none, although it was wished */
  readonly withoutAgent: string | undefined
}

/** What the Run of a load has to say of a target that was started for it. @param inside - if something looked inside */
export function startedTargetFacts(
  target: StartedTarget | undefined,
  inside: TargetSeconds | undefined,
): Pick<LoadRunFacts, 'targetEnded' | 'targetEnd' | 'target' | 'withoutAgent'> {
  return {
    ...(target?.hasEnded === true ? { targetEnded: target.outputTail } : {}),
    ...(target?.end === undefined ? {} : { targetEnd: target.end }),
    ...(inside === undefined ? {} : { target: inside }),
    ...(target?.withoutAgent === undefined ? {} : { withoutAgent: target.withoutAgent }),
  }
}
