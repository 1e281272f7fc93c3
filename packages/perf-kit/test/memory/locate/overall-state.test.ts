import { describe, expect, it } from 'vitest'
import type { SignalVerdict } from '../../../src/memory/index.ts'
import { overallState } from '../../../src/memory/locate/overall-state.ts'

const signalOf = (signal: SignalVerdict['signal'], state: SignalVerdict['state']): SignalVerdict => ({
  signal,
  state,
  unit: 'bytes',
  per: 'request',
  because: 'it is so',
  points: 20,
})
const verdictOf = (state: SignalVerdict['state'], ...signals: readonly SignalVerdict[]) => ({
  state,
  because: 'it is so',
  signals,
})
const LEAKING = verdictOf('leaking', signalOf('heap', 'leaking'), signalOf('sockets', 'steady'))
const WATCHED = { durationNs: 60e9, requests: 1_000, failed: 0 }
const NOTHING = { requests: [1_000, 1_100], classes: [], paths: [], files: [], stoodStillNs: 1e9 }

describe('what a hunt comes to', () => {
  it('is the verdict', () => {
    expect(overallState({ verdict: LEAKING, watched: WATCHED })).toEqual({ state: 'leaking', notes: [] })
  })

  it('is no leak of the heap where neither snapshots nor code show one afterwards', () => {
    const { state, notes } = overallState({ verdict: LEAKING, watched: WATCHED, sites: [], kept: NOTHING })
    expect(state).toBe('inconclusive')
    expect(notes.join()).toContain('it may have been a cache that was full by then')
  })

  it('is a leak of sockets all the same', () => {
    const verdict = verdictOf('leaking', signalOf('heap', 'leaking'), signalOf('sockets', 'leaking'))
    expect(overallState({ verdict, watched: WATCHED, sites: [], kept: NOTHING }).state).toBe('leaking')
  })

  it.each([
    [50, 'steady', 0],
    [100, 'steady', 1],
    [500, 'inconclusive', 1],
  ] as const)('of 1000 requests, %i of which failed, is %s at most', (failed, state, notes) => {
    const verdict = verdictOf('steady', signalOf('heap', 'steady'))
    const overall = overallState({ verdict, watched: { ...WATCHED, failed } })
    expect(overall.state).toBe(state)
    expect(overall.notes).toHaveLength(notes)
  })
})
