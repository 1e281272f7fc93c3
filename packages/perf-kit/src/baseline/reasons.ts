import type { Metric } from '../run/index.ts'
import { signedPercent } from './percent.ts'
import type { VerdictState } from './verdict.ts'

export interface ReasonFacts {
  readonly state: VerdictState
  readonly better: Metric['better']
  readonly effectRatio: number
  readonly lowRatio: number
  readonly highRatio: number
  /** a change counts beyond this */
  readonly thresholdRatio: number
  /** shown to be no worse than this when passed */
  readonly marginRatio: number
}

/** Why a verdict is what it is, in one sentence for people. */
export function explain(facts: ReasonFacts): string {
  const { state, better, effectRatio, lowRatio, highRatio, thresholdRatio, marginRatio } = facts
  const seen = `${signedPercent(effectRatio)} (${signedPercent(lowRatio)} … ${signedPercent(highRatio)})`
  const counts = signedPercent(thresholdRatio).slice(1)
  const margin = signedPercent(marginRatio).slice(1)
  const wanted = `${better} is better`
  switch (state) {
    case 'regressed':
      return `worse: ${seen}, where ${wanted} and more than ${counts} counts`
    case 'improved':
      return `better: ${seen}, where ${wanted} and more than ${counts} counts`
    case 'passed':
      return `no worse by ${margin} or more: ${seen}, where ${wanted}`
    case 'inconclusive':
      return `the evidence cannot tell: ${seen}, where ${wanted} and more than ${counts} counts`
  }
}
