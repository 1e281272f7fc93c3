import type { TargetProcess } from '../target/index.ts'
import type { LoadRunFacts } from './load-run.ts'
import type { TargetSeconds } from './target-seconds.ts'

/** What the Run of a load has to say of a target that was started for it. @param inside - if something looked inside */
export function startedTargetFacts(
  target: TargetProcess | undefined,
  inside: TargetSeconds | undefined,
): Pick<LoadRunFacts, 'targetEnded' | 'target' | 'withoutAgent'> {
  return {
    ...(target?.hasEnded === true ? { targetEnded: target.outputTail } : {}),
    ...(inside === undefined ? {} : { target: inside }),
    ...(target?.withoutAgent === undefined ? {} : { withoutAgent: target.withoutAgent }),
  }
}
