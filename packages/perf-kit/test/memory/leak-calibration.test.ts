import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type GrowthJudgement,
  type GrowthPoint,
  judgeGrowth,
  judgeLeaks,
  type LeakVerdict,
} from '../../src/memory/index.ts'
import { binomialUpperBound } from '../../src/stats/index.ts'
import {
  Chance,
  type Collected,
  HEALTHY,
  HEALTHY_HEAPS,
  type Kept,
  keptLate,
  keptOfEach,
  LATE,
  leaking,
  SECONDS,
  UNFINISHED,
} from './simulated-memory.ts'
import { drawn, simulatedProcess } from './simulated-process.ts'

const PAGE = resolve(import.meta.dirname, '../../../../docs/leaks.md')
const RULE = { least: 8, leastInAll: 256 * 1024, unit: 'bytes a request' }
const HEALTHY_SEEDS = 300
const LEAKING_SEEDS = 100
/** A verdict by all signals takes twenty times as long as one by one. */
const WHOLE_SEEDS = 50
const STATES = ['leaking', 'steady', 'inconclusive'] as const

function judged(count: number, points: (chance: Chance) => readonly GrowthPoint[]): readonly GrowthJudgement[] {
  return Array.from({ length: count }, (_, seed) => judgeGrowth(points(new Chance(seed + 1)), RULE))
}

function counted(judgements: readonly { readonly state: GrowthJudgement['state'] }[], state: GrowthJudgement['state']) {
  return judgements.filter((judgement) => judgement.state === state).length
}

/** So that the page says what is so. */
async function expectInPage(row: string): Promise<void> {
  expect((await readFile(PAGE, 'utf8')).split('\n')).toContain(row)
}

describe('of simulated processes that leak nothing', () => {
  it.each(HEALTHY)('none is called leaking by one signal that $what', async ({ what, points }) => {
    const judgements = judged(HEALTHY_SEEDS, points)
    expect(counted(judgements, 'leaking')).toBe(0)
    await expectInPage(rowOf(what, judgements))
  })

  it.each(UNFINISHED)('some are, as the page says, each of which $what', async ({ what, points }) => {
    await expectInPage(rowOf(what, judged(HEALTHY_SEEDS, points)))
  })

  it.each([
    { collected: 'natural', hasAgent: true, how: 'natural collections' },
    { collected: 'asked', hasAgent: true, how: 'a collection each 10 s' },
    { collected: 'natural', hasAgent: false, how: 'natural collections, and no agent' },
  ] as const)('hardly any is called leaking by all of its signals and both clocks, with $how', async (row) => {
    const perKind = HEALTHY_SEEDS / HEALTHY_HEAPS.length
    const verdicts = HEALTHY_HEAPS.flatMap(({ kept }) =>
      Array.from({ length: perKind }, (_, seed) => {
        const chance = new Chance(seed + 1)
        const circumstances = drawn(chance, row.hasAgent)
        return judgeLeaks(simulatedProcess(chance, kept(chance), row.collected, circumstances))
      }),
    )
    const wrong = counted(verdicts, 'leaking')
    expect(wrong, verdicts.find(({ state }) => state === 'leaking')?.because).toBeLessThanOrEqual(3)
    const bound = percent(binomialUpperBound(wrong, verdicts.length))
    const counts = STATES.map((state) => counted(verdicts, state))
    await expectInPage(`| ${row.how} | ${counts.join(' | ')} | ${bound} |`)
  })
})

it('of simulated leaks that begin late none is called steady', async () => {
  const judgements = judged(HEALTHY_SEEDS, LATE.points)
  expect(counted(judgements, 'steady')).toBe(0)
  const whole = (['natural', 'asked'] as const).flatMap((collected) => wholes(keptLate, collected))
  expect(counted(whole, 'steady')).toBe(0)
  await expectInPage(rowOf(LATE.what, judgements))
})

describe(`of simulated leaks at 1000 requests a second, ${SECONDS} s long`, () => {
  it.each([
    { bytes: 16, least: 0 },
    { bytes: 64, least: 0.95 },
    { bytes: 256, least: 0.95 },
    { bytes: 1024, least: 0.95 },
    { bytes: 4096, least: 0.95 },
  ])('those of $bytes bytes are found by one signal as the page says, with their size', async ({ bytes, least }) => {
    const natural = judged(LEAKING_SEEDS, (chance) => leaking(chance, bytes, 'natural'))
    const asked = judged(LEAKING_SEEDS, (chance) => leaking(chance, bytes, 'asked'))
    expect(counted([...natural, ...asked], 'steady')).toBe(0)
    const found = [natural, asked].map((judgements) => judgements.filter(({ state }) => state === 'leaking'))
    const [ofNatural = 0, ofAsked = 0] = found.map(({ length }) => length)
    expect(ofAsked).toBeGreaterThanOrEqual(least * LEAKING_SEEDS)
    const sizes = found.flat().flatMap(({ each }) => (each === undefined ? [] : [each]))
    const error = Math.max(...sizes.map(({ value }) => Math.abs(value / bytes - 1)))
    expect(error).toBeLessThan(0.15)
    const held = sizes.filter(({ low, high }) => low <= bytes && bytes <= high)
    await expectInPage(
      `| ${bytes} | ${ofNatural} | ${ofAsked} | ${percent(error)} | ${held.length} of ${sizes.length} |`,
    )
  })

  it.each([
    { bytes: 16, least: 0.8 },
    { bytes: 64, least: 0.95 },
    { bytes: 256, least: 0.95 },
    { bytes: 1024, least: 0.95 },
  ])('those of $bytes bytes are found among all signals as the page says', async ({ bytes, least }) => {
    const found = (['natural', 'asked'] as const).map((collected) => {
      const verdicts = wholes((chance) => keptOfEach(chance, bytes), collected)
      expect(counted(verdicts, 'steady')).toBe(0)
      return verdicts.filter(({ signals }) => signals.find(({ signal }) => signal === 'heap')?.state === 'leaking')
    })
    const [natural = [], asked = []] = found
    expect(asked.length).toBeGreaterThanOrEqual(least * WHOLE_SEEDS)
    const others = found.flat().filter(({ signals }) => counted(signals, 'leaking') > 1)
    await expectInPage(`| ${bytes} | ${natural.length} | ${asked.length} | ${others.length} |`)
  })
})

function wholes(kept: (chance: Chance) => Kept, collected: Collected): readonly LeakVerdict[] {
  return Array.from({ length: WHOLE_SEEDS }, (_, seed) => {
    const chance = new Chance(seed + 1)
    return judgeLeaks(simulatedProcess(chance, kept(chance), collected))
  })
}

function rowOf(what: string, judgements: readonly GrowthJudgement[]): string {
  return `| ${what} | ${STATES.map((state) => counted(judgements, state)).join(' | ')} |`
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`
}
