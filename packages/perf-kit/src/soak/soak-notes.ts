import { CLOSED_LOOP } from '../load/index.ts'
import type { RunNote, SoakGap } from '../run/index.ts'
import type { SoakReading } from './soak-reading.ts'

const NS_PER_SEC = 1e9

const GAP_WORDS: Readonly<Record<SoakGap['kind'], string>> = {
  killed: 'between the end of one part and the beginning of the next, which went on with the record',
  restart: 'until a target that had ended was started once more',
  stopped: 'because the process that drives it, or its machine, stood still',
  suspended: 'because the machine was suspended',
}

/** What a reader of the figures should know. */
export function soakNotes({ head, parts, gaps, counts, clockSetsNs, doubts }: SoakReading): RunNote[] {
  return [
    ...(head.loop === 'closed' ? [CLOSED_LOOP] : []),
    ...parts.flatMap(({ end, because, said }) => endNotes(end, because, said)),
    ...[...Map.groupBy(gaps, ({ kind }) => kind)].map(([kind, each]) => gapNote(kind, each)),
    ...inGapsNotes(counts.inGaps),
    ...clockSetsNs.map((byNs) => ({
      code: 'CLOCK_SET',
      message: `the clock of this machine was set ${byNs < 0 ? 'back' : 'forward'} by ${seconds(Math.abs(byNs))}: times here are taken by another, which is never set.`,
    })),
    ...doubts.map((message) => ({ code: 'SOAK_UNSEEN', message })),
  ]
}

function inGapsNotes(count: number): RunNote[] {
  if (count === 0) return []
  const message = `${count.toLocaleString('en-US')} requests ended in the seconds in which the process that drives stood still: how they did says nothing of the target, and is in no figure.`
  return [{ code: 'SOAK_GAP_REQUESTS', message }]
}

function endNotes(end: string, because: string, said: string): RunNote[] {
  if (because === '') return []
  const words = said === '' ? '' : `; the last it said:\n${said}`
  const code = end === 'targetEnded' ? 'TARGET_ENDED' : end === 'leak' ? 'LEAK_CERTAIN' : 'SOAK_ENDED'
  return [{ code, message: `${because}${words}` }]
}

function gapNote(kind: SoakGap['kind'], gaps: readonly SoakGap[]): RunNote {
  const lasted = gaps.map(({ lastedNs }) => seconds(lastedNs)).slice(0, 5)
  const more = gaps.length > lasted.length ? ` and ${gaps.length - lasted.length} more` : ''
  const once = gaps.length === 1 ? 'once' : `${gaps.length} times`
  return {
    code: 'SOAK_GAP',
    message: `nothing was measured ${once} (${lasted.join(', ')}${more}) ${GAP_WORDS[kind]}: that is left blank, and counts as nothing.`,
  }
}

function seconds(ns: number): string {
  return `${Math.round(ns / NS_PER_SEC).toLocaleString('en-US')} s`
}
