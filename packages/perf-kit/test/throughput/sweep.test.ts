import { describe, expect, it } from 'vitest'
import { PerfKitError } from '../../src/errors/index.ts'
import { parseRun } from '../../src/run/index.ts'
import { uslThroughput } from '../../src/stats/index.ts'
import { counts, figure, point, sweptWith, told } from './swept-points.ts'

const LAW = { lambda: 100, sigma: 0.05, kappa: 0.002 }
const CLIENTS = counts('clients', [1, 2, 4, 8, 16, 32])
/** A percent or two off, another way each round. */
const wobble = (value: number, round: number): number => 1 + 0.015 * Math.sin(13 * value + 5 * round)

const BUSY = { generatorBusyRatio: 0.99 }

describe('a sweep', () => {
  it('measures each value in each round, in an order that differs from round to round and not from run to run', async () => {
    const orderOf = async (seed?: number): Promise<number[][]> => {
      const order: number[][] = [[], [], []]
      await sweptWith(
        CLIENTS,
        (value, round) => {
          order[round]?.push(value)
          return point(100)
        },
        seed === undefined ? {} : { seed },
      )
      return order
    }
    const order = await orderOf()
    for (const round of order) expect(round.toSorted((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 32])
    expect(new Set(order.map(String)).size).toBe(3)
    expect(await orderOf()).toEqual(order)
    expect(await orderOf(2)).not.toEqual(order)
  })

  it('makes a Run that is stored as others are: values with speed-up and efficiency, and the law', async () => {
    const run = await sweptWith(CLIENTS, (n, round) => point(uslThroughput(LAW, n) * wobble(n, round)))
    expect(parseRun(JSON.stringify(run), 'memory')).toEqual(run)
    expect(run).toMatchObject({ kind: 'throughput', suite: 'throughput', validity: { state: 'valid' } })
    expect(figure(run, 'GET / · 1 clients', 'speedup')).toBe(1)
    const speedup = figure(run, 'GET / · 8 clients', 'speedup') ?? 0
    expect(speedup).toBeCloseTo(8 / (1 + 0.05 * 7 + 0.002 * 56), 0)
    expect(figure(run, 'GET / · 8 clients', 'efficiency')).toBeCloseTo(speedup / 8, 12)
    expect(figure(run, 'GET / · 8 clients', 'sweepValue')).toBe(8)
    expect(figure(run, 'GET / · clients', 'uslLambda')).toBeCloseTo(100, -1)
    expect(figure(run, 'GET / · clients', 'uslSigma')).toBeCloseTo(0.05, 2)
    expect(figure(run, 'GET / · clients', 'uslKappa')).toBeCloseTo(0.002, 3)
    const peak = run.metrics.find(({ name }) => name === 'uslPeak')
    expect(peak?.value).toBeCloseTo(Math.sqrt(0.95 / 0.002), -1)
    expect(peak?.interval?.low).toBeLessThan(Math.sqrt(0.95 / 0.002))
    expect(peak?.interval?.high).toBeGreaterThan(Math.sqrt(0.95 / 0.002))
    const height = run.metrics.find(({ name }) => name === 'uslPeakThroughput')
    const highest = uslThroughput(LAW, Math.sqrt(0.95 / 0.002))
    expect(height?.interval?.coverageRatio).toBe(0.95)
    expect(height?.interval?.low).toBeLessThan(highest)
    expect(height?.interval?.high).toBeGreaterThan(highest)
    // One value a round, for whoever compares.
    expect(run.metrics.find(({ name }) => name === 'goodput')?.repetitions).toHaveLength(3)
  })

  it('says what it found in plain words', async () => {
    const run = await sweptWith(CLIENTS, (n, round) => point(uslThroughput(LAW, n) * wobble(n, round)))
    expect(told(run, 'SCALING')).toMatch(/^most succeeded at clients (16|32): [67]\d\d\/s, [67]\.\d+ times that of 1/)
    expect(told(run, 'USL_FOLLOWS')).toMatch(
      /^follows the Universal Scalability Law: at most .+ % (above|below) its curve/,
    )
    expect(told(run, 'USL_PARAMETERS')).toMatch(/^contention σ .+ % \(95 %: .+ % to .+ %\), coherence κ .+ %/)
    expect(told(run, 'USL_PEAK')).toMatch(
      /^predicted peak at clients 2\d(\.\d)? \(95 %: .+ to .+\) with [67]\d\d\/s \(95 %: [67]\d\d to [67]\d\d\/s\); one does \d+(\.\d)?\/s$/,
    )
    expect(told(run, 'LIMITED_BY')).toContain('what limits it is not known (20 % generator busy)')
  })

  it('says that there is no peak where none is in sight', async () => {
    const run = await sweptWith(CLIENTS, (n, round) => point(uslThroughput({ ...LAW, kappa: 0 }, n) * wobble(n, round)))
    expect(told(run, 'USL_PEAK')).toMatch(/no peak|or no peak at all/)
    expect(run.metrics.find(({ name }) => name === 'uslPeak')?.interval).toBeUndefined()
    expect(figure(run, 'GET / · clients', 'uslPeakAtLeast')).toBeGreaterThan(32)
  })

  it('says that the law does not fit, and keeps its parameters to itself', async () => {
    const run = await sweptWith(CLIENTS, (n, round) => point(Math.min(50 * n, 300) * wobble(n, round)))
    expect(told(run, 'USL_DEPARTS')).toContain('does not follow the Universal Scalability Law')
    expect(told(run, 'USL_PARAMETERS')).toBe('')
    expect(told(run, 'USL_PEAK')).toBe('')
    expect(told(run, 'SCALING')).toMatch(/8 does nearly as well|most succeeded at clients 8/)
  })

  it('asks no law of two values, and none of sizes', async () => {
    const two = await sweptWith(counts('pool', [1, 2]), (n) => point(100 * n))
    expect(told(two, 'USL_NOT_FITTED')).toContain('takes three values or more that tell of the target, and there are 2')
    expect(figure(two, 'GET / · pool=2', 'efficiency')).toBe(1)
    const values = [100, 1000, 10_000, 100_000].map((value) => ({ value, text: `${value}B` }))
    const sizes = await sweptWith({ name: 'size', unit: 'bytes', values }, (size) => point(1e6 / (1000 + size)))
    expect(sizes.warnings.some(({ code }) => code.startsWith('USL'))).toBe(false)
    expect(figure(sizes, 'GET / · size=1000B', 'efficiency')).toBeUndefined()
    expect(figure(sizes, 'GET / · size=1000B', 'speedup')).toBeCloseTo(0.55, 2)
  })

  it('does not take a generator that was the limit for contention', async () => {
    const run = await sweptWith(CLIENTS, (n, round) =>
      point(100 * Math.min(n, 8) * wobble(n, round), n > 8 ? BUSY : {}),
    )
    expect(told(run, 'VALUES_LEFT_OUT')).toContain('2 of 6 values are left out')
    expect(figure(run, 'GET / · clients', 'uslSigma')).toBeLessThan(0.02)
    expect(told(run, 'LIMITED_BY')).toContain('clients 16, 32: limited by the generator (99 % generator busy)')
  })

  it('is suspect when the machine was another one in another round, though no value came off worse', async () => {
    const run = await sweptWith(CLIENTS, (n, round) => point(uslThroughput(LAW, n) * (1 - 0.15 * round)))
    expect(run.validity.state).toBe('suspect')
    expect(run.validity.reasons[0]).toMatch(/^throughput changed by \d+ % from one round to another/)
    expect(figure(run, 'GET / · clients', 'uslSigma')).toBeCloseTo(0.05, 2)
  })

  it('is suspect when other programs left nothing of the machine', async () => {
    const crowd = { machineBusyRatio: 0.99, othersBusyRatio: 0.6 }
    const run = await sweptWith(CLIENTS, (n, round) =>
      point(uslThroughput(LAW, n) * wobble(n, round), n > 8 ? crowd : {}),
    )
    expect(run.validity).toMatchObject({
      state: 'suspect',
      reasons: ['other programs left the machine no processor to spare (at 16, 32): measure again without them'],
    })
    expect(told(run, 'LIMITED_BY')).toContain('clients 16, 32: limited by other programs')
  })

  it('goes on without a value that cannot be measured, and tells why', async () => {
    const asked: number[] = []
    const run = await sweptWith(counts('pool', [1, 2, 4]), (n) => {
      asked.push(n)
      if (n === 4) throw new PerfKitError('TARGET_NOT_STARTED', 'no such pool', { remedy: 'Try another.' })
      return point(100 * n)
    })
    expect(run.failures).toEqual([
      { subject: 'GET / · pool=4', code: 'TARGET_NOT_STARTED', message: 'no such pool', remedy: 'Try another.' },
    ])
    expect(asked.filter((n) => n === 4)).toHaveLength(1)
    expect(figure(run, 'GET / · pool=2', 'speedup')).toBe(2)
  })

  it('tells no speed-up against a value that tells nothing of the target, nor of one', async () => {
    const run = await sweptWith(CLIENTS, (n, round) => point(100 * n * wobble(n, round), n === 1 ? BUSY : {}))
    expect(run.metrics.some(({ name }) => name === 'speedup')).toBe(false)
    const rest = await sweptWith(CLIENTS, (n, round) => point(100 * n * wobble(n, round), n === 8 ? BUSY : {}))
    const subjects = rest.metrics.filter(({ name }) => name === 'speedup').map(({ subject }) => subject)
    expect(subjects).toHaveLength(5)
    expect(subjects).not.toContain('GET / · 8 clients')
  })

  it('does not let a round that failed make the base too small', async () => {
    const failed = { state: 'invalid', reasons: ['not a single request succeeded'] } as const
    const run = await sweptWith(counts('clients', [1, 2, 4]), (n, round) =>
      n === 1 && round === 0
        ? point(0, {}, { validity: { state: failed.state, reasons: [...failed.reasons] } })
        : point(100 * n),
    )
    expect(figure(run, 'GET / · 4 clients', 'speedup')).toBeCloseTo(4, 6)
    expect(figure(run, 'GET / · 4 clients', 'efficiency')).toBeCloseTo(1, 6)
  })

  it('keeps what was measured before every value failed', async () => {
    const run = await sweptWith(counts('pool', [1, 2]), (n, round) => {
      if (round > 0) throw new PerfKitError('TARGET_NOT_STARTED', 'no space left', { remedy: '' })
      return point(100 * n)
    })
    expect(run.failures).toHaveLength(2)
    expect(figure(run, 'GET / · pool=2', 'speedup')).toBeCloseTo(2, 6)
  })

  it('throws what every value threw', async () => {
    const failing = sweptWith(counts('pool', [1, 2]), () => {
      throw new PerfKitError('TARGET_NOT_STARTED', 'no such program', { remedy: '' })
    })
    await expect(failing).rejects.toMatchObject({ code: 'TARGET_NOT_STARTED' })
  })

  it('keeps what it has when it is interrupted, and is no whole measurement then', async () => {
    const interruption = new AbortController()
    let measured = 0
    const run = await sweptWith(
      CLIENTS,
      () => {
        if (++measured === 4) interruption.abort()
        return point(100, {}, measured === 4 ? { validity: { state: 'invalid', reasons: ['ended'] } } : {})
      },
      { signal: interruption.signal },
    )
    expect(measured).toBe(4)
    expect(run.validity).toMatchObject({ state: 'invalid', reasons: ['it was ended before all values were measured'] })
    expect(run.metrics.filter(({ name }) => name === 'sweepValue')).toHaveLength(3)
  })

  it('is no whole measurement either when something else failed before it was interrupted', async () => {
    const interruption = new AbortController()
    let measured = 0
    const run = await sweptWith(
      counts('pool', [1, 2, 4]),
      (n) => {
        if (++measured === 4) interruption.abort()
        if (n === 4) throw new PerfKitError('TARGET_NOT_STARTED', 'no such pool', { remedy: 'Try another.' })
        return point(100 * n)
      },
      { signal: interruption.signal },
    )
    expect(run.failures).toHaveLength(1)
    expect(run.validity).toMatchObject({ state: 'invalid', reasons: ['it was ended before all values were measured'] })
  })

  it('stops when the target has ended, and is no whole measurement then', async () => {
    let measured = 0
    const run = await sweptWith(CLIENTS, () => point(100 + ++measured), { isOver: () => measured === 7 })
    expect(measured).toBe(7)
    expect(run.validity).toMatchObject({ state: 'invalid', reasons: ['it was ended before all values were measured'] })
  })

  it('leaves out a value at which nothing succeeded', async () => {
    const nothing = { validity: { state: 'invalid', reasons: ['not a single request succeeded'] } } as const
    const run = await sweptWith(CLIENTS, (n, round) =>
      n === 32
        ? point(0, {}, { validity: { ...nothing.validity, reasons: [...nothing.validity.reasons] } })
        : point(uslThroughput(LAW, n) * wobble(n, round)),
    )
    expect(told(run, 'VALUES_LEFT_OUT')).toContain('1 of 6 values are left out')
    expect(run.validity.state).toBe('suspect')
    expect(figure(run, 'GET / · clients', 'uslSigma')).toBeCloseTo(0.05, 1)
  })

  it.each([
    ['no value', [], 'clients has no value'],
    ['one value', [4], 'clients has one value: a sweep goes from one to another'],
    ['the same value twice', [1, 4, 2, 4], 'the value 4 of clients is there twice'],
    ['nothing', [0, 1], 'clients=0 is nothing to measure'],
    ['less than nothing', [1, -2], 'clients=-2 is nothing to measure'],
  ])('refuses %s', async (_title, values, message) => {
    const refused = sweptWith(counts('clients', values), () => point(1))
    await expect(refused).rejects.toMatchObject({ code: 'LOAD_INVALID', message: expect.stringContaining(message) })
  })

  it('takes values in any order', async () => {
    const run = await sweptWith(counts('clients', [8, 1, 4]), (n) => point(100 * n))
    expect(run.metrics.filter(({ name }) => name === 'sweepValue').map(({ value }) => value)).toEqual([1, 4, 8])
    expect(figure(run, 'GET / · 8 clients', 'speedup')).toBe(8)
  })
})
