import { basename, dirname } from 'node:path'
import { type BenchOutcome, loadConfig, runBench } from '@gw/perf-kit'

/** A fork makes about twenty calls of a slow function, and a busy machine makes each of them slower. */
const FORK_TIMEOUT_NS = 300e9

export interface OwnForksOptions {
  /** absolute path; need not be called `*.bench.ts`, so that `pnpm bench` leaves it alone */
  readonly benchFile: string
  /** part of the benchmark's name */
  readonly word: string
  readonly forks: number
  readonly signal: AbortSignal
}

/**
 * Measure a benchmark as `pnpm bench` does: list, calibrate, fork.
 *
 * @returns ns per call, one value a fork, by subject
 */
export async function measureInOwnForks(options: OwnForksOptions): Promise<ReadonlyMap<string, readonly number[]>> {
  const { config } = await loadConfig(dirname(options.benchFile))
  const bench = {
    ...config.bench,
    include: [basename(options.benchFile)],
    forks: options.forks,
    forkTimeout: FORK_TIMEOUT_NS,
  }
  const outcome = await runBench({
    rootDirectory: dirname(options.benchFile),
    config: { ...config, bench },
    words: [options.word],
    timeBudgetNs: Number.POSITIVE_INFINITY,
    configuration: 'peers',
    signal: options.signal,
  })
  options.signal.throwIfAborted()
  refuseFailures(outcome)
  const metrics = outcome.runs.flatMap((run) => run.metrics)
  return new Map(
    metrics.flatMap(({ name, subject, evidence }) =>
      name === 'timePerOp' && evidence.kind === 'repetitions' ? [[subject, evidence.values] as const] : [],
    ),
  )
}

function refuseFailures({ runs, failures }: BenchOutcome): void {
  const all = [...failures, ...runs.flatMap((run) => run.failures)]
  if (all.length > 0) throw new Error(all.map(({ subject, message }) => `${subject}: ${message}`).join('\n'))
}
