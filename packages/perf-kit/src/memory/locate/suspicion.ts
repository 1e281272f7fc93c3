import type { LeakVerdict } from '../leak-verdict.ts'
import type { SignalName } from '../signals.ts'

/** Where objects are kept as well. What is told of resident memory, or of open files, says nothing of code. */
const ON_HEAP: ReadonlySet<SignalName> = new Set([
  'heap',
  'arrayBuffers',
  'external',
  'sockets',
  'handles',
  'listeners',
])

export interface Suspicion {
  /** something that may grow is on the heap, where it can be looked for */
  readonly isOnHeap: boolean
  /** what cannot be looked for, if so */
  readonly note?: string
}

/** What a verdict gives reason to look for: what surely stands still is none. */
export function suspicionOf({ signals }: LeakVerdict): Suspicion {
  const isOnHeap = signals.some(({ signal, state }) => ON_HEAP.has(signal) && state !== 'steady')
  const elsewhere = signals.filter(({ signal, state }) => !ON_HEAP.has(signal) && state === 'leaking')
  if (elsewhere.length === 0) return { isOnHeap }
  const names = elsewhere.map(({ signal }) => signal).join(' and ')
  return { isOnHeap, note: `${names}: that is not on the heap, and no code can be named that has taken it` }
}
