import { type Environment, environmentDifferences, type Run } from '../run/index.ts'
import type { BaselineConfiguration } from './baseline-document.ts'
import { busierReasons } from './other-programs.ts'
import { comparedMetrics } from './samples.ts'

/**
 * Why a comparison with stored numbers may not fail a build, in words; empty when it may.
 *
 * @param environment - where the stored numbers were made
 */
export function advisoryReasons(run: Run, environment: Environment, stored: BaselineConfiguration): string[] {
  const reasons = [...doubtsAboutRun(run)]
  if (environment.id !== run.environment.id) {
    reasons.push(
      `the baseline is from another environment: ${environmentDifferences(environment, run.environment).join(', ')}`,
    )
  }
  if (stored.name !== run.configuration) {
    reasons.push(`the baseline is of configuration "${stored.name}", the Run of "${run.configuration}"`)
  }
  if (stored.harness.methodVersion !== run.harness.methodVersion) {
    reasons.push(
      `the baseline was measured with method ${stored.harness.methodVersion}, the Run with method ${run.harness.methodVersion}: accept a new baseline`,
    )
  }
  reasons.push(...busierReasons(comparedMetrics(run), stored.metrics))
  return reasons
}

/** An invalid or suspect Run is shown and judged, and decides nothing. */
export function doubtsAboutRun({ validity }: Pick<Run, 'validity'>): string[] {
  return validity.state === 'valid' ? [] : [`the Run is ${validity.state}: ${validity.reasons.join('; ')}`]
}
