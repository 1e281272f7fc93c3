import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shareWithin } from '../../src/stats/index.ts'

/** The same by brute force: both integrals by the midpoint rule. */
function byIntegration(count: number, of: number, limit: number): number {
  const steps = 20_000
  const likelihood = (share: number): number => Math.exp(count * Math.log(share) + (of - count) * Math.log1p(-share))
  let below = 0
  let above = 0
  for (let index = 0; index < steps; index++) {
    const at = (index + 0.5) / steps
    below += likelihood(limit * at) / steps
    above += likelihood(limit ** at) / steps
  }
  return below / (below + above)
}

it.each([
  [0, 50, 0.01],
  [0, 500, 0.001],
  [3, 500, 0.01],
  [5, 500, 0.01],
  [12, 500, 0.01],
  [1, 1, 0.5],
  [40, 40, 0.5],
])('is what integration makes of %i of %i with a limit of %f', (count, of, limit) => {
  expect(shareWithin(count, of, limit)).toBeCloseTo(byIntegration(count, of, limit), 3)
})

it('says nothing of no requests, and everything of a limit that nothing can exceed', () => {
  expect(shareWithin(0, 0, 0.01)).toBe(0.5)
  expect(shareWithin(9, 9, 1)).toBe(1)
})

it('is a probability, and falls with each that lies beyond', () => {
  const counts = fc
    .integer({ min: 1, max: 50_000 })
    .chain((of) => fc.tuple(fc.integer({ min: 0, max: of - 1 }), fc.constant(of)))
  fc.assert(
    fc.property(counts, fc.double({ min: 1e-4, max: 0.5, noNaN: true }), ([count, of], limit) => {
      const [fewer, more] = [shareWithin(count, of, limit), shareWithin(count + 1, of, limit)]
      expect(fewer).toBeGreaterThanOrEqual(0)
      expect(fewer).toBeLessThanOrEqual(1)
      expect(more).toBeLessThanOrEqual(fewer + 1e-6)
    }),
    { numRuns: 300, seed: 7 },
  )
})
