import { loadConfig, runBench } from '@gw/perf-kit'
import { REPOSITORY } from '../../house/repository.ts'

const FORKS = 2

/** ns per call of some of the repository's benchmarks, measured in forks as `pnpm bench` does. */
export async function componentTimesNs(subjects: readonly string[]): Promise<readonly number[]> {
  const { config } = await loadConfig(REPOSITORY)
  const { runs, failures } = await runBench({
    rootDirectory: REPOSITORY,
    config: { ...config, bench: { ...config.bench, forks: FORKS } },
    words: subjects,
    timeBudgetNs: Number.POSITIVE_INFINITY,
    configuration: 'default',
  })
  const problems = [...failures, ...runs.flatMap((run) => run.failures)]
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '))
  const times = runs.flatMap(({ metrics }) => metrics.filter(({ name }) => name === 'timePerOp'))
  return subjects.map((subject) => times.find((metric) => metric.subject === subject)?.value ?? Number.NaN)
}
