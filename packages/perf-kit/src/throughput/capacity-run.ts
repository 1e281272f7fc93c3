import { HARNESS } from '../load/index.ts'
import { type CapacityAnswer, type Metric, RUN_SCHEMA_VERSION, type Run, readEnvironment } from '../run/index.ts'
import { validityOf } from './capacity-doubts.ts'
import type { CapacityFacts } from './capacity-facts.ts'
import { type Contradiction, contradictionIn } from './contradictions.ts'

/** A change of less than so many precisions is none that a search could tell from noise. */
const PRECISIONS_OF_CHANGE = 2

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
    warnings: [...facts.notes],
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
