import { EXIT, type ExitCode } from '../errors/index.ts'
import type { Run } from '../run/index.ts'
import { exitCodeFor } from './exit-code-for.ts'

const BROKEN_ENDS: ReadonlySet<string> = new Set(['targetEnded', 'failed', 'unwritable'])

/** A leak before all else: a soak is there to find it. */
export function soakExitCode(run: Run): ExitCode {
  const { verdict, parts = [] } = run.soak ?? {}
  // What ended the load counts too, also where all parts together would not have told it.
  if (verdict?.state === 'leaking' || parts.some(({ end }) => end === 'leak')) return EXIT.regression
  const ofLoad = exitCodeFor(run)
  if (ofLoad === EXIT.regression) return ofLoad
  if (parts.some(({ end }) => BROKEN_ENDS.has(end))) return EXIT.measurement
  if (ofLoad !== EXIT.ok) return ofLoad
  // Of a target whose memory nobody was to watch, nothing is open.
  const isOpen = verdict?.state === 'inconclusive' && parts.some(({ pid }) => pid !== null)
  return isOpen ? EXIT.inconclusive : EXIT.ok
}

const WORST_FIRST: readonly ExitCode[] = [
  EXIT.interrupted,
  EXIT.regression,
  EXIT.measurement,
  EXIT.usage,
  EXIT.inconclusive,
  EXIT.ok,
]

export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.ok
}
