import { median, rankSumTest } from '@gw/perf-kit'
import type { ComparisonRecord, PlainFork, SequentialForks } from './record.ts'

/** A way to call a comparison a regression. */
export interface Method {
  readonly name: string
  /** whether it looks at the forks of one side after those of the other, which not every record has */
  readonly needsSequential: boolean
  /** false as well when the record does not hold what it needs */
  readonly regressed: (record: ComparisonRecord) => boolean
}

const LEVEL = 0.05
const PLAIN_THRESHOLD_RATIO = 0.05
const RANK_SUM_THRESHOLD_RATIO = 0.02

/**
 * First ours, then what people do instead. Each counts one direction only: slower. Of the same code any metric is one too
 * many; what was slowed down has to be found by its time.
 */
export const METHODS: readonly Method[] = [
  {
    needsSequential: false,
    name: '`bench --against`, all benchmarks in one run',
    regressed: ({ slowdownRatio, failsBuild, time }) => (slowdownRatio === 0 ? failsBuild : time === 'regressed'),
  },
  {
    needsSequential: false,
    name: '`bench --against`, the same pairs judged one benchmark at a time',
    regressed: ({ slowdownRatio, failsBuildAlone, timeAlone }) =>
      slowdownRatio === 0 ? failsBuildAlone : timeAlone === 'regressed',
  },
  {
    needsSequential: true,
    name: 'plain tinybench, one process a side: mean more than 5 % up',
    regressed: onNeighbours((before, after) => after.meanNs / before.meanNs > 1 + PLAIN_THRESHOLD_RATIO),
  },
  {
    needsSequential: true,
    name: "tinybench's and vitest's `rme`: intervals apart, the candidate's above",
    regressed: onNeighbours(
      (before, after) => after.meanNs * (1 - after.rmeRatio) > before.meanNs * (1 + before.rmeRatio),
    ),
  },
  {
    needsSequential: true,
    name: 'Mann–Whitney, 10 + 10 sequential forks: p < 0.05, one-sided',
    regressed: onSequential((before, after) => isHigher(before, after)),
  },
  {
    needsSequential: true,
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
    if (sequential === undefined) return false
    const { baseline, candidate }: SequentialForks = sequential
    return isSome(baseline) && isSome(candidate) && judge(baseline, candidate)
  }
}

/** One process a side, back to back: the last of the baseline and the first of the candidate. */
function onNeighbours(judge: (baseline: PlainFork, candidate: PlainFork) => boolean): Method['regressed'] {
  return onSequential((before, after) => judge(before.at(-1) ?? before[0], after[0]))
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
