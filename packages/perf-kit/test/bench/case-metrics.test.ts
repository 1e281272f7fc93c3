import { describe, expect, it } from 'vitest'
import { caseWarnings, pairMetrics } from '../../src/bench/case-metrics.ts'
import type { Measurement } from '../../src/bench/fork/job.ts'
import type { PairedCase } from '../../src/bench/measure-pairs.ts'

const reading = (changes: Partial<Measurement> = {}): Measurement => ({
  timePerOpNs: 100,
  sliceTimesPerOpNs: [100],
  meanTimePerOpNs: 101,
  sliceMeansPerOpNs: [101],
  cpuTimePerOpNs: 99,
  allocatedPerOpBytes: 64,
  tail: [],
  timerResolutionNs: 10,
  involuntarySwitches: 0,
  ...changes,
})

function caseOf(pairs: readonly (readonly [baseline: Measurement, candidate: Measurement])[]): PairedCase {
  return {
    benchCase: { suite: 'routing', subject: 'routing/a', name: 'a', args: {}, file: 'benches/routing/a.bench.ts' },
    calibration: {
      timePerOpNs: 100,
      batchIterations: 10_000,
      emptyTimePerOpNs: 1,
      timerResolutionNs: 10,
      allocationCalls: 64,
    },
    printed: false,
    pairs: pairs.map(([baseline, candidate]) => ({
      baseline,
      candidate,
      timeRatio: candidate.timePerOpNs / baseline.timePerOpNs,
      meanTimeRatio: undefined,
      shared: true,
    })),
    nullPairs: [],
    rejectedPairs: 0,
    switches: [],
  }
}

const UNREADABLE = reading({ allocatedPerOpBytes: undefined })
const evidenceOf = (pairedCase: PairedCase, name: string) =>
  pairMetrics(pairedCase).find((metric) => metric.name === name)?.evidence

describe('a reading that some forks could not take', () => {
  it('is compared over the pairs that have it on both sides', () => {
    const twice = reading({ allocatedPerOpBytes: 128 })
    const pairedCase = caseOf([
      [reading(), twice],
      [reading(), UNREADABLE],
      [UNREADABLE, twice],
      [reading(), twice],
    ])
    expect(evidenceOf(pairedCase, 'allocatedPerOp')).toEqual({
      kind: 'pairs',
      baseline: [64, 64],
      candidate: [128, 128],
    })
    expect(evidenceOf(pairedCase, 'timePerOp')).toMatchObject({ baseline: [100, 100, 100, 100], ratios: [1, 1, 1, 1] })
  })

  it('is missed aloud when only one side ever has it, and in silence when neither has', () => {
    const oneSided = caseOf([[reading(), UNREADABLE]])
    expect(evidenceOf(oneSided, 'allocatedPerOp')).toBeUndefined()
    expect(caseWarnings(oneSided).map(({ code, message }) => [code, message])).toEqual([
      ['ALLOCATION_ONE_SIDED', "bytes were not compared: this side's calls use ArrayBuffers too large to be counted"],
    ])
    expect(caseWarnings(caseOf([[UNREADABLE, UNREADABLE]]))).toEqual([])
  })
})

describe('sides that were not tied to one processor', () => {
  it.runIf(process.platform === 'linux')('make a warning', () => {
    const pairedCase = caseOf([[reading(), reading()]])
    const untied = { ...pairedCase, pairs: pairedCase.pairs.map((pair) => ({ ...pair, shared: false })) }
    expect(caseWarnings(untied).map(({ code }) => code)).toEqual(['NOT_PINNED'])
  })
})
