import { parseObjective } from '../../src/config/index.ts'
import type { Run } from '../../src/run/index.ts'
import type { CapacityOptions } from '../../src/throughput/index.ts'

const SHORT = { trialNs: 0.4e9, warmupNs: 0.2e9, maxDurationNs: 60e9 }

/** A search of short trials. */
export function optionsOf(url: string, text: string, more: Partial<CapacityOptions> = {}): CapacityOptions {
  const objective = parseObjective(text)
  if ('problem' in objective) throw new Error(objective.problem)
  return { url, objective, ...SHORT, ...more }
}

export function answerOf({ capacity }: Run) {
  if (capacity === undefined) throw new Error('there is no search in it')
  return capacity.answer
}
