import { expect, it } from 'vitest'
import { poolValue } from '../../../src/load/repeat/pool-value.ts'
import type { Unit } from '../../../src/run/metric.ts'

const pool = (name: string, unit: Unit, values: readonly number[], explained = values.length): number =>
  poolValue(
    { name, unit },
    values.map((value) => ({ value })),
    () => explained,
  )

it.each([
  ['adds up counts', 'outcome HTTP 200', 'count', [3, 4], 7],
  ['takes the highest of maxima', 'targetGcPauseMax', 'ns', [3, 9, 4], 9],
  ['takes the highest of percentiles that have no distribution', 'targetLoopDelayP99', 'ns', [3, 9, 4], 9],
  ['takes the mean of the rest', 'targetCpuMean', 'ratio', [0.2, 0.4], 0.3],
  ['takes the highest of what is of a process', 'targetFilesLeft', 'count', [3, 6], 6],
  ['takes the mean of shares, whatever a target calls its parts', 'slowShare target dbMax', 'ratio', [0.2, 0.4], 0.3],
  ['takes the least of where slow requests begin', 'slowFrom', 'ns', [8, 5, 9], 5],
] as const)('%s', (_title, name, unit, values, expected) => {
  expect(pool(name, unit, values)).toBeCloseTo(expected, 12)
})

it('counts a part of slow requests that a repetition does not tell of as nothing, so that parts add up', () => {
  expect(pool('slowShare target gc', 'ratio', [0.2], 2) + pool('slowShare untold', 'ratio', [0.8, 1], 2)).toBe(1)
})
