import { PerfKitError } from '../errors/index.ts'
import type { LoadResult, TargetStandstills } from '../load/index.ts'
import type { Budget, Run, RunNote } from '../run/index.ts'
import { slowMetrics, slowNotes } from './slow-metrics.ts'
import { explainSlowRequests } from './slow-requests.ts'

/** What a closed loop found the target able to do; its latencies are those of a crowd, and nobody's. */
export function onlyGoodput(run: Run): Run {
  const metrics = run.metrics
    .filter(({ name }) => name === 'goodput')
    .map((metric) => ({ ...metric, name: 'capacity', gates: false }))
  return { ...run, metrics, series: [], warnings: [] }
}

export interface ExplainOptions {
  readonly subject: string
  /** when the target stood still, where somebody looked inside */
  readonly inside: TargetStandstills | undefined
}

/** With what the slowest of its requests waited for. */
export function explained(run: Run, result: LoadResult, { subject, inside }: ExplainOptions): Run {
  const slow = explainSlowRequests(result, inside)
  if (slow === undefined) return run
  const metrics = [...run.metrics, ...slowMetrics(slow, subject)]
  return { ...run, metrics, warnings: [...run.warnings, ...slowNotes(slow)] }
}

export interface Whole {
  readonly durationNs: number
  readonly budgets: readonly Budget[]
  /** false: it was interrupted */
  readonly isWhole: boolean
  readonly doubts: readonly string[]
}

/** One Run of several: as valid as the least valid of them. */
export function merged(runs: readonly Run[], { durationNs, budgets, isWhole, doubts }: Whole): Run {
  const [first] = runs
  if (first === undefined) {
    throw new PerfKitError('INTERRUPTED', 'interrupted before anything was measured', { remedy: 'Let it run longer.' })
  }
  const states = new Set(runs.map(({ validity }) => validity.state))
  const state =
    !isWhole || states.has('invalid') ? 'invalid' : doubts.length > 0 || states.has('suspect') ? 'suspect' : 'valid'
  const reasons = runs.flatMap((run) => run.validity.reasons.map((reason) => `${levelOf(run)}: ${reason}`))
  return {
    ...first,
    kind: 'latency',
    durationNs,
    metrics: runs.flatMap((run) => run.metrics),
    series: runs.flatMap((run) => run.series ?? []),
    ...(budgets.length === 0 ? {} : { budgets: [...budgets] }),
    validity: {
      state,
      reasons: [...(isWhole ? [] : ['it was ended before all levels were measured']), ...doubts, ...reasons],
    },
    warnings: notesOf(runs),
  }
}

function levelOf({ metrics }: Run): string {
  return metrics[0]?.subject.split(' · ').at(-1) ?? ''
}

/** What is the same of all levels once; what is not, with its level. */
function notesOf(runs: readonly Run[]): RunNote[] {
  const notes = runs.flatMap((run) => run.warnings.map((note) => ({ ...note, level: levelOf(run) })))
  return [...Map.groupBy(notes, ({ code }) => code).values()].flatMap((ofCode) => {
    const isOne = new Set(ofCode.map(({ message }) => message)).size === 1
    const told = isOne ? ofCode.slice(0, 1) : ofCode
    return told.map(({ level, ...note }) => (isOne ? note : { ...note, message: `${level}: ${note.message}` }))
  })
}

export function noCapacity({ validity }: Run): PerfKitError {
  return new PerfKitError('LOAD_FAILED', `the target has no capacity: ${validity.reasons.join('; ')}`, {
    remedy: 'Try `perf-kit load` on it, which tells how its answers failed.',
  })
}
