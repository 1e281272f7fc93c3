import type { Metric } from '../run/index.ts'
import { median } from '../stats/index.ts'
import { samplesOf } from './samples.ts'

const NAME = 'otherPrograms'
/**
 * Of the machine. Where a target and its load take most of it, what others take is missing to them: beyond this it is more than what
 * counts as a change.
 */
const LIMIT_RATIO = 0.1

/** Why a load may have become slower without its target's doing: others took more of the machine than when it was accepted. */
export function busierReasons(measured: readonly Metric[], stored: readonly Metric[]): string[] {
  const shares = sharesOf(measured, stored)
  if (shares === undefined || shares.now - shares.then <= LIMIT_RATIO) return []
  return [`${inWords(shares)}: measure again when it is as quiet as it was`]
}

/** Why one that has become slower may not show it: what is worse all the same counts. */
export function quieterDoubts(measured: readonly Metric[], stored: readonly Metric[]): string[] {
  const shares = sharesOf(measured, stored)
  if (shares === undefined || shares.then - shares.now <= LIMIT_RATIO) return []
  return [`${inWords(shares)}, which may hide what has become slower: accept a baseline of a machine as quiet as this`]
}

interface Shares {
  readonly now: number
  readonly then: number
}

function inWords({ now, then }: Shares): string {
  const percent = (ratio: number): string => `${(100 * ratio).toFixed(0)} %`
  return `other programs took ${percent(now)} of the machine, and ${percent(then)} when the baseline was accepted`
}

function sharesOf(measured: readonly Metric[], stored: readonly Metric[]): Shares | undefined {
  const now = shareOf(measured, stored)
  const then = shareOf(stored, measured)
  return now === undefined || then === undefined ? undefined : { now, then }
}

/** Of subjects that both have. */
function shareOf(metrics: readonly Metric[], others: readonly Metric[]): number | undefined {
  const subjects = new Set(others.map(({ subject }) => subject))
  const values = metrics
    .filter(({ name, subject }) => name === NAME && subjects.has(subject))
    .flatMap((metric) => samplesOf(metric) ?? [])
  return values.length === 0 ? undefined : median(values)
}
