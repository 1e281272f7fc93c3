import { expect, it } from 'vitest'
import { signedPercent } from '../../src/baseline/index.ts'

it.each([
  [0.124, '+12.4 %'],
  [-0.08, '−8 %'],
  [0, '0 %'],
  [-0.0001, '0 %'],
  [1.5, '+150 %'],
  [12.345, '+1235 %'],
])('writes %d as %s', (ratio, expected) => {
  expect(signedPercent(ratio)).toBe(expected)
})
