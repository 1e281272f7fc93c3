import type { Phase } from '../load/index.ts'

/** What is left of a schedule after some time. */
export function restOfPhases(phases: readonly Phase[], doneNs: number): readonly Phase[] {
  let beginNs = 0
  return phases.flatMap((phase): readonly Phase[] => {
    const { from, to, durationNs } = phase
    const cutNs = Math.max(0, doneNs - beginNs)
    beginNs += durationNs
    if (cutNs >= durationNs) return []
    return [{ from: from + ((to - from) * cutNs) / durationNs, to, durationNs: durationNs - cutNs }]
  })
}

/** Phases again and again, until so much time has passed. @param cycle - at least one */
export function repeatedPhases(cycle: readonly Phase[], durationNs: number): readonly Phase[] {
  const phases: Phase[] = []
  const onceNs = cycle.reduce((sum, phase) => sum + phase.durationNs, 0)
  for (let fromNs = 0; fromNs < durationNs; fromNs += onceNs) phases.push(...cycle)
  return firstOfPhases(phases, durationNs)
}

function firstOfPhases(phases: readonly Phase[], durationNs: number): readonly Phase[] {
  let beginNs = 0
  return phases.flatMap((phase): readonly Phase[] => {
    const { from, to } = phase
    const leftNs = Math.min(phase.durationNs, durationNs - beginNs)
    beginNs += phase.durationNs
    if (leftNs <= 0) return []
    return [{ from, to: from + ((to - from) * leftNs) / phase.durationNs, durationNs: leftNs }]
  })
}
