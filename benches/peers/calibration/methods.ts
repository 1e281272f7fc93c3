import { median, rankSumTest } from '@gw/perf-kit'
import type { ComparisonRecord, PlainFork, SequentialForks } from './record.ts'

/** A way to call a comparison a regression; undefined where the record does not hold what it needs. */
export interface Method {
  readonly name: string
  readonly regressed: (record: ComparisonRecord) => boolean | undefined
}

const LEVEL = 0.05
const PLAIN_THRESHOLD_RATIO = 0.05
const RANK_SUM_THRESHOLD_RATIO = 0.02

/** First ours, then what people do instead. Each counts one direction only: slower. */
export const METHODS: readonly Method[] = [
  {
    name: '`bench --against`, all benchmarks in one run',
    regressed: ({ failsBuild }) => failsBuild,
  },
  {
    name: '`bench --against`, the same pairs judged one benchmark at a time',
    regressed: ({ failsBuildAlone }) => failsBuildAlone,
  },
  {
    name: 'plain tinybench, one process a side: mean more than 5 % up',
    regressed: onSequential(([before], [after]) => after.meanNs / before.meanNs > 1 + PLAIN_THRESHOLD_RATIO),
  },
  {
    name: "tinybench's and vitest's `rme`: intervals apart, the candidate's above",
    regressed: onSequential(
      ([before], [after]) => after.meanNs * (1 - after.rmeRatio) > before.meanNs * (1 + before.rmeRatio),
    ),
  },
  {
    name: 'Mann–Whitney, 10 + 10 sequential forks: p < 0.05, one-sided',
    regressed: onSequential((before, after) => isHigher(before, after)),
  },
  {
    name: 'the same, and medians more than 2 % apart',
    regressed: onSequential((before, after) => {
      const ratio = median(batchMedians(after)) / median(batchMedians(before))
      return isHigher(before, after) && ratio > 1 + RANK_SUM_THRESHOLD_RATIO
    }),
  },
]

type Forks = readonly [PlainFork, ...PlainFork[]]

function onSequential(judge: (baseline: Forks, candidate: Forks) => boolean): Method['regressed'] {
  return ({ sequential }) => {
    if (sequential === undefined) return undefined
    const { baseline, candidate }: SequentialForks = sequential
    return isSome(baseline) && isSome(candidate) ? judge(baseline, candidate) : undefined
  }
}

function isSome(forks: readonly PlainFork[]): forks is Forks {
  return forks.length > 0
}

function batchMedians(forks: readonly PlainFork[]): number[] {
  return forks.map(({ batchMedianNs }) => batchMedianNs)
}

function isHigher(before: Forks, after: Forks): boolean {
  return rankSumTest(batchMedians(before), batchMedians(after)).pGreater < LEVEL
}
