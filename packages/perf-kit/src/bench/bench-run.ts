import { createRequire } from 'node:module'
import {
  METHOD_VERSION,
  type Metric,
  RUN_SCHEMA_VERSION,
  type Run,
  type RunFailure,
  type RunNote,
  readEnvironment,
} from '../run/index.ts'
import { FORK_NODE_FLAGS } from './fork-process.ts'

const { version } = createRequire(import.meta.url)('@gw/perf-kit/package.json') as { readonly version: string }

export interface SuiteContent {
  readonly suite: string
  /** whether the other side has none of its benchmarks, so that there was nothing to measure */
  readonly onlyNew: boolean
  readonly metrics: readonly Metric[]
  readonly warnings: readonly RunNote[]
  readonly failures: readonly RunFailure[]
}

export interface BenchRunFacts {
  readonly configuration: string
  readonly startedAt: Date
  readonly durationNs: number
  readonly source: Run['source']
  readonly against: Run['against']
  /** why not all that was asked for is here: interrupted, or out of time */
  readonly incomplete: readonly string[]
}

/** The Run of one suite. One with no metric is invalid: no samples must never pass. */
export function toBenchRun(content: SuiteContent, facts: BenchRunFacts): Run {
  const isEmpty = content.metrics.length === 0
  const nothing = content.onlyNew ? ['all its benchmarks are new'] : isEmpty ? ['nothing was measured'] : []
  const doubts = [...nothing, ...facts.incomplete]
  return {
    schema: 'perf-kit/run',
    schemaVersion: RUN_SCHEMA_VERSION,
    kind: 'bench',
    suite: content.suite,
    configuration: facts.configuration,
    startedAt: facts.startedAt.toISOString(),
    durationNs: Math.round(facts.durationNs),
    environment: readEnvironment(FORK_NODE_FLAGS),
    harness: { name: '@gw/perf-kit', version, methodVersion: METHOD_VERSION },
    source: facts.source,
    ...(facts.against === undefined ? {} : { against: facts.against }),
    metrics: [...content.metrics],
    validity: {
      state: isEmpty && !content.onlyNew ? 'invalid' : doubts.length > 0 ? 'suspect' : 'valid',
      reasons: doubts,
    },
    warnings: [...content.warnings],
    failures: [...content.failures],
    artifacts: [],
  }
}
