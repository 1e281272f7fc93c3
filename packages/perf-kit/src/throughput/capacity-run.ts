import { HARNESS } from '../load/index.ts'
import {
  type CapacityAnswer,
  type CapacityTrial,
  type Metric,
  RUN_SCHEMA_VERSION,
  type Run,
  type RunNote,
  readEnvironment,
  type Validity,
} from '../run/index.ts'
import type { CapacitySearch } from './capacity-search.ts'
import type { CapacitySettings } from './capacity-settings.ts'
import { type Contradiction, contradictionIn } from './contradictions.ts'

const NS_PER_MS = 1e6
const NS_PER_SEC = 1e9
/** docs/methodology.md: a generator that comes later than this, or than a tenth of the median, may have its own time in the figures. */
const LAG_LIMIT_NS = NS_PER_MS
const LAG_SHARE_OF_MEDIAN = 0.1
const DIGITS = 4
/** A change of less than so many precisions is none that a search could tell from noise. */
const PRECISIONS_OF_CHANGE = 2

const REMEDY = 'give the generator processors that the target does not use, more --threads, or more --connections'

export interface CapacityFacts {
  readonly suite: string
  readonly configuration: string
  readonly source: Run['source']
  readonly startedAt: Date
  readonly durationNs: number
  readonly subject: string
  readonly settings: CapacitySettings
  readonly search: CapacitySearch
  readonly trials: readonly CapacityTrial[]
  readonly ending:
    | { readonly kind: 'done' | 'interrupted' | 'time' }
    | { readonly kind: 'lost'; readonly reason: string }
  readonly withoutAgent?: string
  /** after which the target did not become as quick again as it had been */
  readonly slowAfterPerSec?: number
}

/** The Run of a search. */
export function toCapacityRun(facts: CapacityFacts): Run {
  const { settings, trials, subject } = facts
  const found = answerOf(facts)
  const contradiction = contradictionOf(facts, found)
  const answer = withContradiction(found, contradiction)
  return {
    schema: 'perf-kit/run',
    schemaVersion: RUN_SCHEMA_VERSION,
    kind: 'throughput',
    suite: facts.suite,
    configuration: facts.configuration,
    startedAt: facts.startedAt.toISOString(),
    durationNs: facts.durationNs,
    environment: readEnvironment([]),
    harness: HARNESS,
    source: facts.source,
    metrics: metricsOf(answer, subject),
    capacity: {
      subject,
      objective: [...settings.objective],
      precisionRatio: settings.precisionRatio,
      answer,
      trials: [...trials],
    },
    validity: validityOf(facts, answer, contradiction),
    warnings: notesOf(facts),
    failures: [],
    artifacts: [],
  }
}

function contradictionOf({ trials, settings }: CapacityFacts, answer: CapacityAnswer): Contradiction | undefined {
  if (answer.kind !== 'interval') return undefined
  const told = trials.flatMap(({ ratePerSec, verdict }) =>
    ratePerSec === null || verdict === null ? [] : [{ ratePerSec, verdict }],
  )
  return contradictionIn(told, answer, PRECISIONS_OF_CHANGE * settings.precisionRatio)
}

/** Of a target that was lost on the way, what it did before; of one that did nothing well, what it did at the lowest rate. */
function answerOf({ search, ending, trials }: CapacityFacts): CapacityAnswer {
  const { answer, met } = search
  if (ending.kind === 'lost') {
    const because = ending.reason
    return met === undefined
      ? { kind: 'unknown', because }
      : { kind: 'atLeast', perSec: met, isConfirmed: false, because }
  }
  if (answer.kind !== 'below') return answer
  const lowest = trials.findLast(({ verdict, ratePerSec }) => verdict === 'broken' && ratePerSec === answer.perSec)
  return { ...answer, because: lowest?.reasons.join('; ') || answer.because }
}

/** Which of the trials was right, nobody knows. */
function withContradiction(answer: CapacityAnswer, contradiction: Contradiction | undefined): CapacityAnswer {
  if (contradiction === undefined || answer.kind !== 'interval') return answer
  const { lowPerSec, highPerSec } = contradiction
  return { ...answer, lowPerSec, highPerSec, isConfirmed: false }
}

function metricsOf(answer: CapacityAnswer, subject: string): Metric[] {
  const common = { subject, unit: 'perSec', better: 'higher' } as const
  if (answer.kind === 'interval') {
    const { valuePerSec: value, lowPerSec: low, highPerSec: high, coverageRatio } = answer
    const interval = { low, high, coverageRatio }
    const evidence = { kind: 'repetitions' as const, values: [value] }
    return [{ ...common, name: 'capacity', gates: true, value, interval, evidence }]
  }
  if (answer.kind !== 'atLeast') return []
  const { perSec: value } = answer
  // How much more it is, nobody knows: it is not to be compared.
  return [
    { ...common, name: 'capacityAtLeast', gates: false, value, evidence: { kind: 'repetitions', values: [value] } },
  ]
}

function validityOf(facts: CapacityFacts, answer: CapacityAnswer, contradiction: Contradiction | undefined): Validity {
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
  const late = trials.filter(({ verdict, ratePerSec, sendLagP99Ns, responseTimeP50Ns }) => {
    const isNear = ratePerSec !== null && ratePerSec <= 1.1 * answer.highPerSec && ratePerSec >= 0.9 * answer.lowPerSec
    const allowedNs = Math.max(LAG_LIMIT_NS, LAG_SHARE_OF_MEDIAN * (responseTimeP50Ns ?? 0))
    return isNear && verdict === 'broken' && (sendLagP99Ns ?? 0) > allowedNs
  })
  if (late.length === 0) return []
  const most = Math.max(...late.map(({ sendLagP99Ns }) => sendLagP99Ns ?? 0))
  return [
    `the generator came late in ${late.length} of the trials near the boundary (p99 up to ${(most / NS_PER_MS).toFixed(1)} ms): it shares its processors, and the target alone may do more`,
  ]
}

function notesOf({ withoutAgent }: CapacityFacts): RunNote[] {
  if (withoutAgent === undefined) return []
  return [{ code: 'NO_AGENT', message: `nothing is known of the inside of the target: ${withoutAgent}` }]
}

function shown(perSec: number): string {
  return `${Number(perSec.toPrecision(DIGITS)).toLocaleString('en-US')}/s`
}
