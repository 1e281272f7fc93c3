import type { GrowthJudgement } from './growth-judgement.ts'
import { short } from './growth-words.ts'
import { MemoryRecord } from './memory-record.ts'
import type { MemorySample } from './memory-sample.ts'
import { requestClock, secondClock } from './request-clock.ts'
import { judgeSignal, type LeastGrowth, requireBounds, type SignalVerdict } from './signal-verdict.ts'
import { type SignalName, signalsFor } from './signals.ts'

const NS_PER_SEC = 1e9
const BYTES_PER_MB = 1e6

export interface LeakOptions extends LeastGrowth {
  /** `second`: requests are counted, and not all of them are the watched process's, as in a cluster. Default: `request` where they are counted */
  readonly per?: 'request' | 'second'
  /** what was not seen, in words: then nothing is steady. Default: nothing */
  readonly unseen?: readonly string[]
  /** signals that are not judged: those that a system does not tell, of which a verdict would wait for ever. Default: none */
  readonly without?: readonly SignalName[]
}

export interface LeakVerdict {
  /** `leaking` when one of the signals is, `steady` when all are and all was seen, and otherwise `inconclusive` */
  readonly state: GrowthJudgement['state']
  readonly because: string
  /** of an inconclusive one: a run as long as this would do, as far as can be told */
  readonly enoughNs?: number
  readonly signals: readonly SignalVerdict[]
}

/**
 * Whether a process leaks, by what it kept while it was at work at an even load. What is kept on purpose and still grows looks the same: a cache that
 * is not full yet. So let it run for longer than that takes.
 *
 * @param samples - in their order, of one process, read from wherever they were written; not mutated
 */
export function judgeLeaks(samples: Iterable<MemorySample>, options: LeakOptions = {}): LeakVerdict {
  const record = new MemoryRecord()
  for (const sample of samples) record.add(sample)
  return judgeRecord(record, options)
}

export function judgeRecord(record: MemoryRecord, options: LeakOptions = {}): LeakVerdict {
  requireBounds(options)
  if (record.samples === 0) return { state: 'inconclusive', because: 'nothing was seen of the process', signals: [] }
  const clocks = {
    requests: options.per === 'second' ? undefined : requestClock(record.requests.all),
    seconds: secondClock(record.fromNs),
  }
  const signals = signalsFor(record.insideRatio)
    .filter(({ name }) => options.without?.includes(name) !== true)
    .map((signal) => judgeSignal(signal, record, clocks, options))
  return overallOf(signals, options.unseen ?? [], record.lastedNs)
}

function overallOf(signals: readonly SignalVerdict[], unseen: readonly string[], lastedNs: number): LeakVerdict {
  const leaking = signals.filter(({ state }) => state === 'leaking')
  if (leaking.length > 0) return { state: 'leaking', because: told(leaking), signals }
  const open = signals.filter(({ state }) => state === 'inconclusive')
  const missing = [...(open.length === 0 ? [] : [told(open)]), ...unseen].join('; ')
  if (signals.length === 0) return { state: 'inconclusive', because: 'no signal is judged', signals }
  if (missing === '') return { state: 'steady', because: standing(signals), signals }
  const known = open.flatMap(({ enoughNs }) => (enoughNs === undefined ? [] : [enoughNs]))
  // Where longer does not help with one of them, it does not help.
  if (known.length < open.length || unseen.length > 0) return { state: 'inconclusive', because: missing, signals }
  const enoughNs = Math.max(...known)
  const because = `${missing} (${seconds(enoughNs)} may do, instead of ${seconds(lastedNs)})`
  return { state: 'inconclusive', because, enoughNs, signals }
}

/** With the most that memory may have grown by, which nobody knows better. */
function standing(signals: readonly SignalVerdict[]): string {
  const most = Math.max(0, ...signals.map(({ mostPerHour = 0, unit }) => (unit === 'bytes' ? mostPerHour : 0)))
  return `nothing grew in ${seconds(shortest(signals))}, or by ${short(most / BYTES_PER_MB)} MB an hour at most`
}

/** Of the times that each signal was judged in. */
function shortest(signals: readonly SignalVerdict[]): number {
  return Math.min(...signals.map(({ judgedNs = 0 }) => judgedNs))
}

function told(signals: readonly SignalVerdict[]): string {
  return signals.map(({ signal, because }) => `${signal}: ${because}`).join('; ')
}

function seconds(ns: number): string {
  return `${Math.ceil(ns / NS_PER_SEC).toLocaleString('en-US')} s`
}
