import type { RunNote } from '../run/index.ts'
import type { EndKind, TargetEnd } from '../target/index.ts'
import type { LoadResult } from './load-result.ts'

const NS_PER_SEC = 1e9
/** A connection that ends without an answer: whoever was to give one was not there any more. */
const CUT_OFF: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'CLOSED', 'TRUNCATED'])
const NOBODY: ReadonlySet<string> = new Set(['ECONNREFUSED'])

/** Codes of notes, and how they begin. */
const NOTES: Readonly<Record<EndKind, { readonly code: string; readonly title: string }>> = {
  'out of heap': { code: 'TARGET_OUT_OF_HEAP', title: 'the target ran out of heap' },
  'out of memory': { code: 'TARGET_OUT_OF_MEMORY', title: 'the target ran out of memory' },
  'killed by the kernel': { code: 'TARGET_KILLED_BY_KERNEL', title: 'the kernel killed the target' },
  exception: { code: 'TARGET_EXCEPTION', title: 'an error ended the target' },
  signal: { code: 'TARGET_SIGNALLED', title: 'a signal ended the target' },
  exit: { code: 'TARGET_EXITED', title: 'the target ended itself' },
}

/** What is known of a target that ended while it was driven. */
export interface EndFacts {
  /** the last that it said */
  readonly targetEnded?: string
  /** why, if that is known */
  readonly targetEnd?: TargetEnd
  /** when the schedule began, on the clock of `process.hrtime` */
  readonly beganNs?: number
}

/** Why a Run is none: its target is not there any more, and what became of requests then. */
export function endReason(result: LoadResult, { targetEnded = '', targetEnd, beganNs }: EndFacts): string {
  const said = targetEnd?.evidence || targetEnded
  return [
    `the target ended while it was driven${timeWord(targetEnd, beganNs)}`,
    ...(targetEnd === undefined ? [] : [`: ${targetEnd.because}`]),
    ...requestWords(result).map((words) => `; ${words}`),
    ...(said === '' ? [] : [`; the last it said: ${said}`]),
  ].join('')
}

/** What to do about it. */
export function endNotes({ targetEnd }: EndFacts): RunNote[] {
  if (targetEnd === undefined || targetEnd.remedy === '') return []
  const { code, title } = NOTES[targetEnd.kind]
  return [{ code, message: `${title}. ${targetEnd.remedy}` }]
}

function timeWord(end: TargetEnd | undefined, beganNs: number | undefined): string {
  if (end === undefined || beganNs === undefined || end.atNs < beganNs) return ''
  return `, ${((end.atNs - beganNs) / NS_PER_SEC).toFixed(1)} s after that had begun`
}

function requestWords({ outcomes }: LoadResult): string[] {
  const count = (endings: ReadonlySet<string>): number =>
    [...outcomes].reduce((sum, [outcome, times]) => sum + (endings.has(outcome.split(' ').at(-1) ?? '') ? times : 0), 0)
  const [cutOff, nobody] = [count(CUT_OFF), count(NOBODY)]
  return [
    ...(cutOff === 0 ? [] : [`in all, ${requests(cutOff)} cut off in the middle`]),
    ...(nobody === 0 ? [] : [`${requests(nobody)} refused, because nobody was there`]),
  ]
}

function requests(count: number): string {
  return count === 1 ? '1 request was' : `${count.toLocaleString('en-US')} requests were`
}
