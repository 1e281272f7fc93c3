import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitLine, type LineFit } from '../../src/stats/index.ts'
import { refusal } from './refusal.ts'

const XS = Object.freeze([1, 2, 4, 7, 11, 16])
const YS = Object.freeze([2.1, 3.9, 8.4, 13.2, 23.1, 30.8])

describe('fitLine', () => {
  it('agrees with R', () => {
    // R 4.2.2: m <- lm(ys ~ xs); coef(m); resid(m); summary(m)$r.squared
    expectFit(fitLine(XS, YS), {
      slope: 1.953346653346655,
      intercept: 0.235464535464526,
      residuals: [
        -0.08881118881118627, -0.24215784215784947, 0.3511488511488548, -0.7088911088911077, 1.37772227772228,
        -0.689010989010991,
      ],
      rSquaredRatio: 0.9952078189387876,
    })
  })

  it('agrees with R when errors are relative to x', () => {
    // R 4.2.2: m <- lm(ys ~ xs, weights = 1/xs^2); coef(m); resid(m); summary(m)$r.squared
    expectFit(fitLine(XS, YS, { weighting: 'relativeToX' }), {
      slope: 1.974618479748536,
      intercept: 0.104093692066175,
      residuals: [
        0.02128782818529064, -0.15333065156324552, 0.3974323889396828, -0.7264230503059251, 1.2751030306999354,
        -0.89798936804274121,
      ],
      rSquaredRatio: 0.9961453529814835,
    })
  })

  it('finds a line through points that lie on one', () => {
    const line = { slope: fc.integer({ min: -50, max: 50 }), intercept: fc.integer({ min: -50, max: 50 }) }
    const xs = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(
        fc.record(line),
        xs,
        fc.constantFrom('absolute', 'relativeToX'),
        ({ slope, intercept }, at, weighting) => {
          const fit = fitLine(
            at,
            at.map((x) => intercept + slope * x),
            { weighting },
          )
          expect(fit.slope).toBeCloseTo(slope, 7)
          expect(fit.intercept).toBeCloseTo(intercept, 5)
          expect(fit.rSquaredRatio).toBeCloseTo(slope === 0 ? 0 : 1, 7)
        },
      ),
    )
  })

  it('keeps its digits far from the origin', () => {
    const startNs = 1.7e18
    const fit = fitLine(
      [0, 1e9, 2e9, 3e9].map((elapsedNs) => startNs + elapsedNs),
      [1, 3, 5, 7],
    )
    expect(fit.slope).toBeCloseTo(2e-9, 18)
  })

  it('explains nothing of values that do not vary', () => {
    expect(fitLine([1, 2, 3], [0.1, 0.1, 0.1]).rSquaredRatio).toBe(0)
  })

  it('refuses what makes no line', () => {
    expect(refusal(() => fitLine([], [])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => fitLine([1, 2], [1, Number.NaN])).code).toBe('NOT_FINITE')
    expect(refusal(() => fitLine([1, 2], [1])).code).toBe('OUT_OF_RANGE')
    expect(refusal(() => fitLine([2, 2], [1, 3])).code).toBe('OUT_OF_RANGE')
    expect(refusal(() => fitLine([0, 2], [1, 3], { weighting: 'relativeToX' }))).toMatchObject({
      code: 'OUT_OF_RANGE',
      remedy: 'Leave out the point at 0, or weigh errors as absolute.',
    })
  })
})

function expectFit(fit: LineFit, expected: LineFit): void {
  expect(fit.slope).toBeCloseTo(expected.slope, 12)
  expect(fit.intercept).toBeCloseTo(expected.intercept, 12)
  expect(fit.rSquaredRatio).toBeCloseTo(expected.rSquaredRatio, 12)
  expect(fit.residuals).toHaveLength(expected.residuals.length)
  for (const [index, residual] of fit.residuals.entries()) {
    expect(residual).toBeCloseTo(expected.residuals[index] ?? Number.NaN, 12)
  }
}
