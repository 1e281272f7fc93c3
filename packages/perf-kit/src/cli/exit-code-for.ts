import { judgeBudgets } from '../baseline/index.ts'
import { EXIT, type ExitCode } from '../errors/index.ts'
import type { Run } from '../run/index.ts'

/** The note of a repetition in which no rate was found at which the target keeps to what it was to keep to. */
export const CAPACITY_BELOW = 'CAPACITY_BELOW'

/**
 * A target that answered nothing but errors has failed, and so has one that broke a budget; a measurement that is none judges
 * nothing.
 */
export function exitCodeFor(run: Run): ExitCode {
  if (onlyErrors(run)) return EXIT.regression
  // Of several searches, one that was seen to find nothing is not undone by one that saw nothing.
  if (run.warnings.some(({ code }) => code === CAPACITY_BELOW)) return EXIT.regression
  if (run.validity.state === 'invalid') return EXIT.measurement
  if (run.capacity?.answer.kind === 'below') return EXIT.regression
  const states = new Set(judgeBudgets(run).map(({ state }) => state))
  return states.has('broken') ? EXIT.regression : states.has('undecided') ? EXIT.inconclusive : EXIT.ok
}

/** Of no requests at all, none has failed. */
function onlyErrors({ metrics }: Run): boolean {
  const errors = metrics.filter(({ name }) => name === 'errorRatio')
  return errors.length > 0 && errors.every(({ value }) => value === 1)
}
