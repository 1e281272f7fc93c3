import { createHash } from 'node:crypto'
import { PerfKitError } from '../errors/index.ts'
import type { Metric, Run } from '../run/index.ts'
import { loadZod } from '../run/index.ts'
import {
  BASELINE_SCHEMA_VERSION,
  type BaselineConfiguration,
  type BaselineDocument,
  baselineDocumentSchema,
} from './baseline-document.ts'
import type { Acceptance } from './comparison.ts'
import { comparedMetrics, isOfLoad, withoutOtherSide } from './samples.ts'

export interface AcceptOptions {
  /** who, e.g. "Ada <ada@example.org>" */
  readonly by: string
  /** why these numbers are right, for whoever reviews them */
  readonly reason: string
  readonly at: Date
}

/**
 * What of a Run may become a baseline.
 *
 * @throws {PerfKitError} `BASELINE_REFUSED` when the Run is invalid, empty, or failed at a subject that it has numbers of
 */
export function acceptableMetrics(run: Run): Metric[] {
  if (run.validity.state === 'invalid') {
    throw refused(`an invalid Run: ${run.validity.reasons.join('; ')}`, 'Mend the cause and measure again.')
  }
  const metrics = comparedMetrics(run).map(withoutOtherSide)
  if (metrics.length === 0 && isOfLoad(run)) {
    throw refused(
      'what was measured once: requests of one load, and trials of one search, are not independent of each other',
      'Measure several times: --repeat 5.',
    )
  }
  if (metrics.length === 0) throw refused('a Run without any metric', 'Measure at least one benchmark.')
  const measured = new Set(metrics.map(({ subject }) => subject))
  const failed = run.failures.map(({ subject }) => subject).filter((subject) => measured.has(subject))
  if (failed.length > 0) {
    throw refused(`numbers of what failed: ${failed.join(', ')}`, 'Mend these, or accept the others without them.')
  }
  return metrics
}

export function acceptanceOf(run: Run, metrics: readonly Metric[], { by, reason, at }: AcceptOptions): Acceptance {
  if (by.trim() === '' || reason.trim() === '') {
    throw refused('an entry that does not say who accepts it and why', 'Give both, e.g. --reason "faster parser".')
  }
  const subjects = [...new Set(metrics.map(({ subject }) => subject))].sort()
  const content = { by, at: at.toISOString(), reason, ...run.source, subjectCount: subjects.length }
  const hash = createHash('sha256').update(JSON.stringify([content, run.configuration, subjects]))
  // Made of its content, so that acceptances on two branches never get one id.
  return { id: `${content.at.slice(0, 10)}-${hash.digest('hex').slice(0, 10)}`, ...content }
}

/**
 * The document with a Run's subjects in it. Subjects that the Run does not have stay as they were; those that it has
 * are replaced whole, under any measuring method. Acceptances that no number refers to any more are left to git's history.
 *
 * @throws {PerfKitError} `BASELINE_REFUSED` when the numbers cannot be stored, such as NaN
 */
export function withAccepted(
  document: BaselineDocument | undefined,
  run: Run,
  metrics: readonly Metric[],
  acceptance: Acceptance,
): BaselineDocument {
  const subjects = new Set(metrics.map(({ subject }) => subject))
  const accepted = metrics.map((metric) => ({ ...metric, acceptance: acceptance.id }))
  const entries = document?.configurations ?? []
  const isTarget = ({ name, harness }: BaselineConfiguration) =>
    name === run.configuration && harness.methodVersion === run.harness.methodVersion
  const emptied = entries.map((entry) => (entry.name === run.configuration ? withoutSubjects(entry, subjects) : entry))
  const target = emptied.find(isTarget)
  const configurations = [
    ...emptied.filter((entry) => entry !== target && entry.metrics.length > 0),
    {
      name: run.configuration,
      harness: run.harness,
      acceptances: [...(target?.acceptances ?? []).filter(({ id }) => id !== acceptance.id), acceptance],
      metrics: [...(target?.metrics ?? []), ...accepted],
    },
  ]
  const parsed = baselineDocumentSchema().safeParse({
    schema: 'perf-kit/baseline',
    schemaVersion: BASELINE_SCHEMA_VERSION,
    suite: run.suite,
    environment: document?.environment ?? run.environment,
    configurations,
  })
  if (parsed.success) return parsed.data
  throw refused(`numbers that cannot be stored:\n${loadZod().prettifyError(parsed.error)}`, 'Measure again.')
}

function withoutSubjects(entry: BaselineConfiguration, subjects: ReadonlySet<string>): BaselineConfiguration {
  const metrics = entry.metrics.filter(({ subject }) => !subjects.has(subject))
  const used = new Set(metrics.map(({ acceptance }) => acceptance))
  return { ...entry, metrics, acceptances: entry.acceptances.filter(({ id }) => used.has(id)) }
}

function refused(what: string, remedy: string): PerfKitError {
  return new PerfKitError('BASELINE_REFUSED', `a baseline never holds ${what}`, { remedy })
}
