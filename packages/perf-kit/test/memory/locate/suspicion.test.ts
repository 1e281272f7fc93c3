import { describe, expect, it } from 'vitest'
import type { LeakVerdict, SignalVerdict } from '../../../src/memory/index.ts'
import { suspicionOf } from '../../../src/memory/locate/suspicion.ts'

function verdictOf(states: Readonly<Partial<Record<SignalVerdict['signal'], SignalVerdict['state']>>>): LeakVerdict {
  const signals = Object.entries(states).map(([signal, state]): SignalVerdict => {
    const name = signal as SignalVerdict['signal']
    return { signal: name, unit: 'bytes', per: 'request', state, because: 'it is so', points: 20 }
  })
  return { state: 'inconclusive', because: 'it is so', signals }
}

describe('code is looked for', () => {
  it.each(['heap', 'arrayBuffers', 'sockets', 'handles', 'listeners'] as const)('when %s may grow', (signal) => {
    for (const state of ['leaking', 'inconclusive'] as const) {
      expect(suspicionOf(verdictOf({ rss: 'steady', [signal]: state }))).toEqual({ isOnHeap: true })
    }
  })

  it('not when nothing grows, or only what no code can be named of', () => {
    expect(suspicionOf(verdictOf({ heap: 'steady', rssResidual: 'inconclusive' }))).toEqual({ isOnHeap: false })
  })

  it('in vain when only open files leak, and that is said', () => {
    expect(suspicionOf(verdictOf({ heap: 'steady', descriptors: 'leaking', rss: 'leaking' }))).toEqual({
      isOnHeap: false,
      note: 'descriptors and rss: that is not on the heap, and no code can be named that has taken it',
    })
  })
})
