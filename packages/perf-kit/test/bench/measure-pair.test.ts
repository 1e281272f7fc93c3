import { expect, it } from 'vitest'
import { listBenchmarks } from '../../src/bench/index.ts'
import { measurePair } from '../../src/bench/measure-pair.ts'
import { settingsOf } from '../../src/bench/settings.ts'
import { benchRequestOf } from './bench-request.ts'
import { TemporaryProject, WORKING_BENCH } from './temporary-project.ts'

it.each([
  [true, 0],
  [false, 2],
])('a pair of times alone (%s) has allocation and single calls on %d sides', async (timeOnly, sides) => {
  await using project = await TemporaryProject.create({ 'benches/works.bench.ts': WORKING_BENCH })
  const request = benchRequestOf(project)
  const { cases } = await listBenchmarks(request)
  const [benchCase] = cases
  if (benchCase === undefined) throw new Error('no benchmark')
  const side = { label: 'this side', benchCase, rootDirectory: project.directory }
  const calibration = {
    timePerOpNs: 100,
    batchIterations: 10_000,
    emptyTimePerOpNs: 1,
    timerResolutionNs: 20,
    allocationCalls: 64,
  }
  const { baseline, candidate, timeRatio } = await measurePair({
    baseline: side,
    candidate: side,
    calibration,
    context: { settings: settingsOf(request.config) },
    baselineFirst: true,
    timeOnly,
    processor: undefined,
  })
  const both = [baseline, candidate]
  expect(timeRatio).toBeGreaterThan(0)
  expect(both.filter(({ tail }) => tail.length > 0)).toHaveLength(sides)
  expect(both.filter(({ allocatedPerOpBytes }) => allocatedPerOpBytes !== undefined)).toHaveLength(sides)
  await project.expectNothingLeft()
})
