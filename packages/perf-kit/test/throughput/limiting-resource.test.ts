import { describe, expect, it } from 'vitest'
import type { Metric } from '../../src/run/index.ts'
import { limitingResource } from '../../src/throughput/index.ts'
import { evidenceMetrics } from '../../src/throughput/scaling-evidence.ts'

const metric = (name: string, value: number): Metric => ({
  subject: 'load',
  name,
  unit: 'ratio',
  better: 'lower',
  gates: false,
  value,
  evidence: { kind: 'repetitions', values: [value] },
})
const metrics = (values: Readonly<Record<string, number>>): Metric[] =>
  Object.entries(values).map(([name, value]) => metric(name, value))

describe('what limits a load', () => {
  it.each([
    ['the generator', { generatorBusy: 0.97, targetLoopBusyMean: 0.95 }, 'generator', undefined],
    [
      'the event loop',
      { generatorBusy: 0.3, targetLoopBusyMean: 0.95, 'timeShare acquire': 0.8 },
      'event loop',
      undefined,
    ],
    ['a process behind it', { targetLoopBusyMean: 0.4, 'processCpu backend.ts': 0.97 }, 'process', 'backend.ts'],
    ['the machine', { targetLoopBusyMean: 0.6, machineBusy: 0.99, otherPrograms: 0.1 }, 'machine', undefined],
    ['other programs', { targetLoopBusyMean: 0.1, machineBusy: 0.99, otherPrograms: 0.9 }, 'other programs', undefined],
    [
      'a pool, by what requests waited for',
      { machineBusy: 0.4, 'timeShare acquire': 0.7, 'timeShare backend': 0.6 },
      'pool',
      'acquire',
    ],
    [
      'a pool, though others keep the machine busy',
      { targetLoopBusyMean: 0.1, machineBusy: 0.99, otherPrograms: 0.9, 'timeShare acquire': 0.7 },
      'pool',
      'acquire',
    ],
    [
      'a pool, though requests take longer behind it than they wait for it',
      { targetLoopBusyMean: 0.2, 'timeShare acquire': 0.35, 'timeShare backend': 0.6 },
      'pool',
      'acquire',
    ],
    [
      'a pool, by how many waited, though most of their time is the backend’s',
      { targetLoopBusyMean: 0.2, poolWaiting: 10, 'timeShare backend': 0.6 },
      'pool',
      undefined,
    ],
    ['a database, by a word of its name', { 'timeShare dbQuery': 0.6 }, 'backend', 'dbQuery'],
    ['a database, in capitals', { 'timeShare DBQuery': 0.6 }, 'backend', 'DBQuery'],
    ['a database, of a make', { 'timeShare mysql': 0.6 }, 'backend', 'mysql'],
    ['several backends', { 'timeShare backends': 0.6 }, 'backend', 'backends'],
    ['a pool, by how many waited', { machineBusy: 0.4, poolWaiting: 12 }, 'pool', undefined],
    [
      'a backend',
      { targetLoopBusyMean: 0.1, 'timeShare acquire': 0.01, 'timeShare backend': 0.9 },
      'backend',
      'backend',
    ],
  ])('is %s', (_title, values, kind, name) => {
    const limit = limitingResource(metrics(values))
    expect(limit.kind).toBe(kind)
    expect(limit.name).toBe(name)
    // What decided comes first, and nothing that was seen is kept back.
    expect(limit.evidence).toHaveLength(Object.keys(values).length)
  })

  it('is nothing whose name only holds such a word', () => {
    const limit = limitingResource(metrics({ 'timeShare sandbox': 0.9, 'timeShare await-auth': 0.9 }))
    expect(limit).toEqual({ kind: undefined, evidence: [] })
  })

  it('is no pool for which somebody waits, but hardly long', () => {
    const few = metrics({ targetLoopBusyMean: 0.87, poolWaiting: 1.5, 'timeShare acquire': 0.09 })
    expect(limitingResource(few).kind).toBeUndefined()
  })

  it('is not known when nothing is used up, and not known when nothing was seen', () => {
    const idle = metrics({ generatorBusy: 0.2, targetLoopBusyMean: 0.3, machineBusy: 0.5, 'timeShare parse': 0.9 })
    expect(limitingResource(idle)).toMatchObject({ kind: undefined })
    expect(limitingResource(idle).evidence.map(({ what }) => what)).toEqual([
      'generator busy',
      'event loop busy',
      'of all processors busy',
    ])
    expect(limitingResource([])).toEqual({ kind: undefined, evidence: [] })
  })

  it('is found again from what a Run stores of the evidence', () => {
    const rounds = [0.5, 0.9].map((share) => ({
      generatorBusyRatio: 0.1,
      machineBusyRatio: 0.2,
      targetProcessors: 1.2,
      processes: new Map([['gateway.ts', 0.3]]),
      poolWaiting: 3,
      timeShares: new Map([['acquire', share]]),
    }))
    const stored = evidenceMetrics(rounds).map((each) => ({ subject: 'load', ...each }))
    expect(stored.find(({ name }) => name === 'timeShare acquire')).toMatchObject({
      value: 0.7,
      evidence: { kind: 'repetitions', values: [0.5, 0.9] },
    })
    expect(limitingResource(stored)).toMatchObject({ kind: 'pool', name: 'acquire' })
  })
})
