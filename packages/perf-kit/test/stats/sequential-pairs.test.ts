import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binomialLowerBound,
  judgeFamily,
  judgePairs,
  nextLook,
  PAIR_DESIGN,
  type PairVerdict,
  signedRankTest,
} from '../../src/stats/index.ts'
import { normalFrom, seededUniform } from './random.ts'
import { refusal } from './refusal.ts'

/** `count` log ratios, evenly spread by ± spread around a center. */
function around(center: number, count: number, spread = 0.002): number[] {
  return Array.from({ length: count }, (_, index) => center + spread * ((2 * index) / (count - 1) - 1))
}

/** Far from zero both ways: supports no verdict. */
const torn = (count: number) => around(0, count, 0.3)

describe('judgePairs', () => {
  it.each([
    ['regressed', 0.05],
    ['improved', -0.05],
    ['passed', 0],
    ['passed', 0.015],
    ['passed', -0.015],
  ] as const)('at the first look finds ten clear pairs to have %s', (verdict, center) => {
    expect(judgePairs(around(center, 10)).verdict).toBe(verdict)
  })

  it('calls a significant change between the margins passed, and beyond 2 % regressed', () => {
    expect(judgePairs(around(Math.log(1.0199), 10, 1e-4))).toMatchObject({ verdict: 'passed', pRegressed: 1 / 1024 })
    expect(judgePairs(around(Math.log(1.0201), 10, 1e-4))).toMatchObject({
      verdict: 'regressed',
      pNonInferior: 1 / 1024,
    })
    expect(judgePairs(around(-Math.log(1.0201), 10, 1e-4))).toMatchObject({
      verdict: 'improved',
      pNonInferior: 1 / 1024,
    })
  })

  it('does not let a large estimate regress without significance', () => {
    const scattered = [...around(0.2, 8), -0.5, -0.4]
    const { effectRatio, pRegressed, verdict } = judgePairs(scattered)
    expect(effectRatio).toBeGreaterThan(0.02)
    expect(pRegressed).toBeGreaterThan(0.001)
    expect(verdict).toBe('undecided')
  })

  it('is undecided before the last look and inconclusive at it', () => {
    expect([10, 15, 22, 32].map((count) => judgePairs(torn(count)).verdict)).toEqual(new Array(4).fill('undecided'))
    expect(judgePairs(torn(48)).verdict).toBe('inconclusive')
  })

  it('is inconclusive earlier when no more pairs will come, and leaves decisions alone', () => {
    expect(judgePairs(torn(10), { final: true }).verdict).toBe('inconclusive')
    expect(judgePairs(torn(3), { final: true }).verdict).toBe('inconclusive')
    expect(judgePairs(around(0.05, 10), { final: true }).verdict).toBe('regressed')
  })

  it('keeps pairs measured after a look for the next one', () => {
    const pairs = [...around(0.05, 10), ...around(-9, 4)]
    expect(judgePairs(pairs)).toEqual(judgePairs(pairs.slice(0, 10)))
    expect(judgePairs([...torn(48), 1, 2, 3]).n).toBe(48)
  })

  it('decides nothing before the first look, whatever the level', () => {
    const lenient = { ...PAIR_DESIGN, alphaPerLook: 0.05 }
    expect(judgePairs(around(0.05, 9), { design: lenient }).verdict).toBe('undecided')
    expect(judgePairs(around(0.05, 10), { design: lenient }).verdict).toBe('regressed')
  })

  it('shows the numbers that made the verdict', () => {
    const pairs = [0.021, 0.034, 0.055, 0.04, -0.003, 0.062, 0.048, 0.033, 0.029, 0.051]
    const judgement = judgePairs(pairs)
    expect(judgement).toMatchObject({
      verdict: 'undecided',
      n: 10,
      pRegressed: 2 / 1024,
      pRegressedHolm: 2 / 1024,
      pImproved: 1023 / 1024,
      coverageRatio: 1 - 2 / 1024,
    })
    // R 4.2.2: wilcox.test(d, conf.int=TRUE, conf.level=.998, exact=TRUE): estimate, conf.int
    expect(Math.log1p(judgement.effectRatio)).toBeCloseTo(0.0385, 12)
    expect(Math.log1p(judgement.lowRatio)).toBeCloseTo(-0.003, 12)
    expect(Math.log1p(judgement.highRatio)).toBeCloseTo(0.062, 12)
    expect(judgement.pNonInferior).toBe(signedRankTest(pairs, { shift: Math.log(1.03) }).pLess)
  })

  it('shows an interval that agrees with the verdict', () => {
    const counts = fc.constantFrom(10, 15, 22, 32, 48)
    const centers = fc.constantFrom(-0.05, -0.03, 0, 0.01, 0.03, 0.05)
    fc.assert(
      fc.property(fc.integer(), counts, centers, (seed, count, center) => {
        const normal = normalFrom(seededUniform(seed))
        const { pRegressed, pImproved, pNonInferior, lowRatio, highRatio } = judgePairs(
          Array.from({ length: count }, () => center + 0.03 * normal()),
        )
        expect(lowRatio > 0).toBe(pRegressed <= 0.001)
        expect(highRatio < 0).toBe(pImproved <= 0.001)
        expect(highRatio < 0.03).toBe(pNonInferior <= 0.001)
      }),
    )
  })

  it('mirrors regressions and improvements', () => {
    const pairs = fc.array(fc.double({ min: -0.05, max: 0.15, noNaN: true }), { minLength: 10, maxLength: 32 })
    fc.assert(
      fc.property(pairs, (logRatios) => {
        const mirrored = judgePairs(logRatios.map((logRatio) => -logRatio)).verdict
        expect(judgePairs(logRatios).verdict === 'regressed').toBe(mirrored === 'improved')
      }),
    )
  })

  it('never gets better when every pair gets worse', () => {
    const order: readonly PairVerdict[] = ['improved', 'passed', 'undecided', 'regressed']
    // With equal margins: otherwise 2.5 % may be both worse than 2 % and better than 3 %, and regressed comes first.
    const design = { ...PAIR_DESIGN, nonInferiorityMargin: PAIR_DESIGN.regressionMargin }
    const centers = fc.double({ min: -0.06, max: 0.06, noNaN: true })
    fc.assert(
      fc.property(fc.integer(), centers, fc.double({ min: 0, max: 0.1, noNaN: true }), (seed, center, worsening) => {
        const normal = normalFrom(seededUniform(seed))
        const logRatios = Array.from({ length: 15 }, () => center + 0.02 * normal())
        const before = judgePairs(logRatios, { design }).verdict
        const after = judgePairs(
          logRatios.map((logRatio) => logRatio + worsening),
          { design },
        ).verdict
        expect(order.indexOf(after)).toBeGreaterThanOrEqual(order.indexOf(before))
      }),
    )
  })

  it('shares the risk of a false alarm with the family, but not the risk of a false pass', () => {
    expect(judgePairs(around(0.05, 10), { familySize: 2 })).toMatchObject({
      verdict: 'undecided',
      pRegressed: 1 / 1024,
      pRegressedHolm: 2 / 1024,
    })
    expect(judgePairs(around(0.05, 15), { familySize: 2 }).verdict).toBe('regressed')
    expect(judgePairs(around(-0.05, 15), { familySize: 40 }).verdict).toBe('passed')
    expect(judgePairs(around(0, 10), { familySize: 1000 }).verdict).toBe('passed')
  })

  it('follows the margins of the design', () => {
    const design = { ...PAIR_DESIGN, regressionMargin: Math.log(1.1), nonInferiorityMargin: Math.log(1.12) }
    expect(judgePairs(around(0.05, 10), { design }).verdict).toBe('passed')
    expect(judgePairs(around(0.15, 10), { design }).verdict).toBe('regressed')
  })

  it('leaves its input alone', () => {
    expect(() => judgePairs(Object.freeze(torn(10)))).not.toThrow()
  })

  it('refuses no pairs, a pair that is not finite, an impossible design or family', () => {
    expect(refusal(() => judgePairs([])).code).toBe('EMPTY_SAMPLE')
    expect(refusal(() => judgePairs([0.1, Number.NEGATIVE_INFINITY])).code).toBe('NOT_FINITE')
    expect(refusal(() => judgePairs([0.1], { design: { ...PAIR_DESIGN, alphaPerLook: 2 } })).code).toBe('OUT_OF_RANGE')
    expect(refusal(() => judgePairs([0.1], { familySize: 0 }))).toMatchObject({
      code: 'OUT_OF_RANGE',
      remedy: 'Count the benchmarks judged together, this one included.',
    })
  })
})

describe('judgeFamily', () => {
  it('judges a family of one like a lone benchmark', () => {
    const logRatios = around(0.05, 10)
    expect(judgeFamily([{ id: 'parse', logRatios }])).toEqual([{ id: 'parse', ...judgePairs(logRatios) }])
  })

  it('adjusts regressions over the family, by Holm', () => {
    const judged = judgeFamily([
      { id: 'calm', logRatios: around(0, 15) },
      { id: 'worst', logRatios: around(0.05, 15) },
      { id: 'worse', logRatios: [...around(0.05, 14), -0.03] },
    ])
    expect(judged.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['calm', 'passed'],
      ['worst', 'regressed'],
      ['worse', 'regressed'],
    ])
    const smallest = 2 ** -15
    expect(judged[1]).toMatchObject({ pRegressed: smallest, pRegressedHolm: 3 * smallest })
    expect(judged[2]).toMatchObject({ pRegressed: 2 * smallest, pRegressedHolm: 4 * smallest })
  })

  it('adjusts improvements apart from regressions', () => {
    const judged = judgeFamily([
      { id: 'worse', logRatios: around(0.05, 15) },
      { id: 'better', logRatios: around(-0.05, 15) },
    ])
    expect(judged.map(({ verdict }) => verdict)).toEqual(['regressed', 'improved'])
    expect(judged[1]).toMatchObject({ pImprovedHolm: 2 * 2 ** -15, pRegressedHolm: 1 })
  })

  it('does not let ten pairs raise an alarm once two benchmarks share the risk, yet lets them pass', () => {
    const judged = judgeFamily([
      { id: 'worse', logRatios: around(0.05, 10) },
      { id: 'calm', logRatios: around(0, 10) },
    ])
    expect(judged.map(({ verdict }) => verdict)).toEqual(['undecided', 'passed'])
  })

  it('keeps a verdict given earlier, and counts its p-value in the family', () => {
    // Alone, `worse` is significant; beside 29 others its p-value of 2^-15 · 30 still is, beside 39 it is not.
    const family = (size: number) =>
      Array.from({ length: size - 1 }, (_, index) => ({
        id: `calm ${index}`,
        logRatios: around(0, 10),
        decided: 'passed' as const,
      }))
    const worse = { id: 'worse', logRatios: around(0.05, 15) }
    expect(judgeFamily([worse, ...family(30)])[0]?.verdict).toBe('regressed')
    expect(judgeFamily([worse, ...family(40)])[0]?.verdict).toBe('undecided')
    expect(judgeFamily([{ ...worse, decided: 'regressed' }, ...family(40)])[0]?.verdict).toBe('regressed')
  })

  it('makes the undecided inconclusive when no more pairs will come', () => {
    const members = [
      { id: 'torn', logRatios: torn(15) },
      { id: 'calm', logRatios: around(0, 15) },
    ]
    expect(judgeFamily(members, { final: true }).map(({ verdict }) => verdict)).toEqual(['inconclusive', 'passed'])
  })

  it('judges an empty family, and refuses a member without pairs', () => {
    expect(judgeFamily([])).toEqual([])
    expect(refusal(() => judgeFamily([{ id: 'empty', logRatios: [] }])).code).toBe('EMPTY_SAMPLE')
  })
})

describe('the design, simulated', () => {
  /** Measures pairs until a verdict; d is the difference of two sides, each with its own noise. */
  function measure(seed: number, change: number, noise: (seed: number) => () => number): PairVerdict {
    const next = noise(seed)
    const logRatios: number[] = []
    for (let look = nextLook(0); look !== undefined; look = nextLook(look)) {
      while (logRatios.length < look) logRatios.push(change + next() - next())
      const { verdict } = judgePairs(logRatios)
      if (verdict !== 'undecided') return verdict
    }
    return 'inconclusive'
  }

  function shareOf(verdict: PairVerdict, runs: number, change: number, noise: (seed: number) => () => number): number {
    const verdicts = Array.from({ length: runs }, (_, seed) => measure(seed, change, noise))
    return verdicts.filter((given) => given === verdict).length / runs
  }

  /** Lognormal, sd 2 % a side. */
  const quiet = (seed: number) => {
    const normal = normalFrom(seededUniform(seed))
    return () => 0.02 * normal()
  }
  /** The same, and one measurement in a hundred takes 30 % longer. */
  const spiky = (seed: number) => {
    const uniform = seededUniform(seed)
    const normal = normalFrom(uniform)
    return () => 0.02 * normal() + (uniform() < 0.01 ? Math.log(1.3) : 0)
  }

  it.each([
    { machine: 'quiet', noise: quiet },
    { machine: 'spiky', noise: spiky },
  ])('raises a false alarm in at most one of 200 runs on a $machine machine', ({ noise }) => {
    expect(shareOf('regressed', 3000, 0, noise)).toBeLessThanOrEqual(0.005)
  })

  it.each([
    { machine: 'quiet', noise: quiet },
    { machine: 'spiky', noise: spiky },
  ])('finds a slowdown of 5 % in at least 99 of 100 runs on a $machine machine', ({ noise }) => {
    expect(shareOf('regressed', 1500, Math.log(1.05), noise)).toBeGreaterThanOrEqual(0.99)
  })

  it('passes a slowdown of just the margin in no more than one of 200 runs', () => {
    const runs = 2000
    const passed = runs * shareOf('passed', runs, PAIR_DESIGN.nonInferiorityMargin, quiet)
    expect(binomialLowerBound(passed, runs)).toBeLessThan(0.005)
  })
})
