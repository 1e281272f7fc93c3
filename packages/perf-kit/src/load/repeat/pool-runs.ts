import { PerfKitError } from '../../errors/index.ts'
import type { Run, RunNote, Validity } from '../../run/index.ts'
import { poolMetrics } from './pool-metrics.ts'
import { poolSeries } from './pool-series.ts'

export interface PoolFacts {
  /** how many repetitions there were to be */
  readonly planned: number
  /** of all, rests and starts included */
  readonly durationNs: number
  /** somebody interrupted it */
  readonly wasEnded: boolean
}

/**
 * One Run of several of the same load: as valid as the least valid of them.
 *
 * @throws {PerfKitError} `INTERRUPTED` when there are none
 */
export function poolRuns(runs: readonly Run[], facts: PoolFacts): Run {
  const [first] = runs
  if (first === undefined) {
    throw new PerfKitError('INTERRUPTED', 'interrupted before anything was measured', { remedy: 'Let it run longer.' })
  }
  return {
    ...first,
    durationNs: facts.durationNs,
    metrics: poolMetrics(runs),
    series: poolSeries(runs),
    validity: poolValidity(runs, facts),
    warnings: [...poolNotes(runs), repetitionsNote(runs.length)],
  }
}

function poolValidity(runs: readonly Run[], { planned, wasEnded }: PoolFacts): Validity {
  const states = new Set(runs.map(({ validity }) => validity.state))
  const ended = wasEnded && runs.length < planned ? [`it was ended after ${runs.length} of ${planned} repetitions`] : []
  const reasons = runs.flatMap(({ validity }, index) =>
    validity.reasons.map((reason) => `repetition ${index + 1}: ${reason}`),
  )
  const isInvalid = ended.length > 0 || states.has('invalid')
  const state: Validity['state'] = isInvalid ? 'invalid' : states.has('suspect') ? 'suspect' : 'valid'
  return { state, reasons: [...ended, ...reasons] }
}

/** What is the same of all repetitions once; what is not, with its repetition: figures in it are of that alone. */
function poolNotes(runs: readonly Run[]): RunNote[] {
  const notes = runs.flatMap(({ warnings }, index) => warnings.map((note) => ({ note, repetition: index + 1 })))
  return [...Map.groupBy(notes, ({ note }) => JSON.stringify([note.code, note.subject])).values()].flatMap((alike) => {
    const isOne = new Set(alike.map(({ note }) => note.message)).size === 1
    if (isOne) return alike.slice(0, 1).map(({ note }) => note)
    return alike.map(({ note, repetition }) => ({ ...note, message: `repetition ${repetition}: ${note.message}` }))
  })
}

function repetitionsNote(count: number): RunNote {
  return {
    code: 'REPETITIONS',
    message: `${count} ${count === 1 ? 'repetition' : 'repetitions'}: figures are of all of them together unless they say otherwise, and what goes over time has one after the other`,
  }
}
