import type { CapacityAnswer, CapacityTrial, Validity } from '../run/index.ts'
import type { CapacityFacts } from './capacity-facts.ts'
import type { Contradiction } from './contradictions.ts'

const NS_PER_MS = 1e6
const NS_PER_SEC = 1e9
/** docs/methodology.md: a generator that comes later than this, or than a tenth of the median, may have its own time in the figures. */
const LAG_LIMIT_NS = NS_PER_MS
const LAG_SHARE_OF_MEDIAN = 0.1
/** Of the machine: what other programs take beyond it, a target may have missed. */
const OTHERS_LIMIT_RATIO = 0.1
const NEAR_RATIO = 0.1
const DIGITS = 4

const REMEDY = 'give the generator processors that the target does not use, more --threads, or more --connections'

/** How far an answer may be believed, and why no farther. */
export function validityOf(
  facts: CapacityFacts,
  answer: CapacityAnswer,
  contradiction: Contradiction | undefined,
): Validity {
  const { ending, trials } = facts
  const invalid = [
    ...(ending.kind === 'lost' ? [ending.reason] : []),
    ...(ending.kind === 'interrupted' ? ['it was ended before the search was done'] : []),
    ...(answer.kind === 'unknown' ? [answer.because] : []),
  ]
  const suspect = [
    ...(contradiction === undefined ? [] : [changeReason(contradiction)]),
    ...(ending.kind !== 'interrupted' && contradiction === undefined ? doubtsOfInterval(facts) : []),
    ...(answer.kind === 'below' ? doubtsOfBelow(answer, facts) : []),
    ...(answer.kind === 'atLeast' ? doubtsOfLeast(answer, trials, ending.kind) : []),
    ...lateReasons(trials, answer),
    ...busyReasons(trials, answer),
    ...slowReasons(facts),
  ]
  const state = invalid.length > 0 ? 'invalid' : suspect.length > 0 ? 'suspect' : 'valid'
  return { state, reasons: [...new Set([...invalid, ...suspect])] }
}

function slowReasons({ slowAfterPerSec }: CapacityFacts): string[] {
  if (slowAfterPerSec === undefined) return []
  return [
    `after ${shown(slowAfterPerSec)} the target did not become as quick again as it had been, within 10 s: later trials have measured what was left of it`,
  ]
}

function changeReason({ keptPerSec, brokenPerSec, keptFirst }: Contradiction): string {
  const told = keptFirst
    ? `${shown(keptPerSec)} was kept to, and later ${shown(brokenPerSec)} was not`
    : `${shown(brokenPerSec)} was not kept to, and later ${shown(keptPerSec)} was`
  return `the capacity changed during the search, or other programs were in the way: ${told}; the interval holds both, so find out what changed, and measure again`
}

function doubtsOfInterval({ search, settings, ending: { kind: ending }, trials }: CapacityFacts): string[] {
  const { precisionRatio, mostTrials, maxDurationNs } = settings
  const { answer, isPrecise } = search
  if (answer.kind !== 'interval') return []
  const spent = ending === 'time' ? `${maxDurationNs / NS_PER_SEC} s` : `${mostTrials} trials`
  const wanted = `${Number((100 * precisionRatio).toPrecision(3))} %`
  if (!isPrecise && search.hasGivenUp) {
    const unusable = trials.findLast(({ verdict }) => verdict === 'unusable')
    return [`the search was given up, because one trial after another was unusable: ${unusable?.reasons[0]}; ${REMEDY}`]
  }
  if (!isPrecise) {
    return [
      `the interval is wider than ${wanted} after ${spent}: there were too few trials, or they contradict each other; measure for longer, or on a quieter machine`,
    ]
  }
  return answer.isConfirmed ? [] : [`no longer trial has confirmed it within ${spent}`]
}

function doubtsOfBelow(
  { perSec }: Extract<CapacityAnswer, { kind: 'below' }>,
  { settings, ending }: CapacityFacts,
): string[] {
  const { lowestPerSec } = settings
  if (ending.kind === 'interrupted' || perSec <= lowestPerSec) return []
  return [`lower rates, down to ${shown(lowestPerSec)}, were not tried: the time or the trials were spent before`]
}

function doubtsOfLeast(
  answer: Extract<CapacityAnswer, { kind: 'atLeast' }>,
  trials: readonly CapacityTrial[],
  ending: string,
): string[] {
  if (ending === 'lost' || ending === 'interrupted') return []
  const unusable = trials.findLast(({ verdict }) => verdict === 'unusable')
  return [
    ...(unusable === undefined ? [] : [`${unusable.reasons[0]}; ${REMEDY}`]),
    ...(answer.isConfirmed ? [] : ['no longer trial has confirmed it']),
  ]
}

/** Trials that decided something while the generator was late: by less than would have decided it alone. */
function lateReasons(trials: readonly CapacityTrial[], answer: CapacityAnswer): string[] {
  if (answer.kind !== 'interval') return []
  const late = brokenNear(trials, answer).filter(({ sendLagP99Ns, responseTimeP50Ns }) => {
    const allowedNs = Math.max(LAG_LIMIT_NS, LAG_SHARE_OF_MEDIAN * (responseTimeP50Ns ?? 0))
    return (sendLagP99Ns ?? 0) > allowedNs
  })
  if (late.length === 0) return []
  const most = Math.max(...late.map(({ sendLagP99Ns }) => sendLagP99Ns ?? 0))
  return [
    `the generator came late in ${late.length} of the trials near the boundary (p99 up to ${(most / NS_PER_MS).toFixed(1)} ms): it shares its processors, and the target alone may do more`,
  ]
}

/** Trials that decided something while others had a part of the machine. What was kept to was kept to beside them. */
function busyReasons(trials: readonly CapacityTrial[], answer: CapacityAnswer): string[] {
  const shares = brokenNear(trials, answer).map(({ othersRatio = 0 }) => othersRatio)
  const busy = shares.filter((ratio) => ratio > OTHERS_LIMIT_RATIO)
  if (busy.length === 0) return []
  const most = `${(100 * Math.max(...busy)).toFixed(0)} %`
  return [
    `other programs took up to ${most} of the machine at ${busy.length} of the ${shares.length} trials that say that it does no more: the target alone may do more, so measure again when it is quiet`,
  ]
}

/** What says that a target does no more than the answer. */
function brokenNear(trials: readonly CapacityTrial[], answer: CapacityAnswer): CapacityTrial[] {
  const broken = trials.filter(({ verdict }) => verdict === 'broken')
  if (answer.kind === 'below') return broken
  if (answer.kind !== 'interval') return []
  const fromPerSec = answer.lowPerSec * (1 - NEAR_RATIO)
  const toPerSec = answer.highPerSec * (1 + NEAR_RATIO)
  return broken.filter(({ ratePerSec }) => ratePerSec !== null && ratePerSec >= fromPerSec && ratePerSec <= toPerSec)
}

function shown(perSec: number): string {
  return `${Number(perSec.toPrecision(DIGITS)).toLocaleString('en-US')}/s`
}
