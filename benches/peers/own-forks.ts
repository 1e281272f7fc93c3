import { basename, dirname } from 'node:path'
import { type BenchOutcome, loadConfig, runBench } from '@gw/perf-kit'

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
  const outcome = await runBench({
    rootDirectory: dirname(options.benchFile),
    config: { ...config, bench: { ...config.bench, include: [basename(options.benchFile)], forks: options.forks } },
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
