import type { Validity } from '../run/index.ts'
import { engineDoubts } from './engines/engine-notes.ts'
import type { LoadResult } from './load-result.ts'
import { Schedule } from './schedule.ts'

const NS_PER_MS = 1e6
/** docs/methodology.md: below the first a Run is suspect, below the second it is no measurement of what was asked for. */
const ACHIEVED_SUSPECT = 0.99
const ACHIEVED_INVALID = 0.9
const LAG_LIMIT_NS = NS_PER_MS
const LAG_SHARE_OF_MEDIAN = 0.1
/** A closed loop asks as fast as it can; a thread that never waits is what limits the rate, be it in a part of the schedule only. */
const BUSY_LIMIT_RATIO = 0.95
/** As of requests that were never sent. */
const SHUT_OUT_RATIO = 1 - ACHIEVED_SUSPECT

/** What the system says when it is our side that has come to its limits, and what can be done about it. */
const OWN_LIMITS: readonly { readonly codes: readonly string[]; readonly remedy: string }[] = [
  { codes: ['EMFILE', 'ENFILE'], remedy: 'use fewer, or raise the limit of open files (ulimit -n)' },
  {
    codes: ['EADDRNOTAVAIL'],
    remedy: 'no port was left to connect from: use fewer, or widen net.ipv4.ip_local_port_range (sysctl)',
  },
  { codes: ['ENOBUFS', 'ENOMEM'], remedy: 'there was no memory for them: use fewer' },
]

/** Whether the figures are the target's, or the generator's own. */
export function judgeValidity(result: LoadResult): Validity {
  const invalid = invalidReasons(result)
  const suspect = suspectReasons(result)
  const state = invalid.length > 0 ? 'invalid' : suspect.length > 0 ? 'suspect' : 'valid'
  return { state, reasons: [...invalid, ...suspect] }
}

function invalidReasons(result: LoadResult): string[] {
  const { achievedRatio } = result
  const reasons: string[] = []
  if (result.responseOk.totalCount === 0) reasons.push('not a single request succeeded')
  if (!result.isComplete) reasons.push('the run ended before its schedule did')
  if (achievedRatio < ACHIEVED_INVALID) reasons.push(notSent(achievedRatio))
  return reasons
}

function suspectReasons(result: LoadResult): string[] {
  const { achievedRatio, plan, times, outcomes, doubts } = result
  const reasons = [...engineDoubts(result), ...doubts, ...ownLimits(outcomes), ...clientsShutOut(result)]
  if (achievedRatio >= ACHIEVED_INVALID && achievedRatio < ACHIEVED_SUSPECT) reasons.push(notSent(achievedRatio))
  const lagNs = times.sendLag.getValueAtPercentile(99)
  const allowedNs = Math.max(LAG_LIMIT_NS, LAG_SHARE_OF_MEDIAN * times.service.getValueAtPercentile(50))
  if (plan.traffic.loop === 'open' && lagNs > allowedNs) {
    reasons.push(
      `the generator came late to what was due: p99 of its lag is ${(lagNs / NS_PER_MS).toFixed(1)} ms; give it a processor of its own, or lower the rate`,
    )
  }
  return [...reasons, ...busyReasons(result)]
}

/** What only the generator itself knows of its limits, at its end. */
export function limitsOfGenerator(result: LoadResult): string[] {
  return [...result.doubts, ...clientsShutOut(result), ...busyReasons(result)]
}

function busyReasons({ plan, busiestRatio }: LoadResult): string[] {
  if (plan.traffic.loop === 'open' || busiestRatio <= BUSY_LIMIT_RATIO) return []
  return [
    `the generator was busy ${(100 * busiestRatio).toFixed(0)} % of the time where it was busiest: the rate there may be its own limit and not the target's; use more threads`,
  ]
}

/** Beside the many requests of the others, one failure of each is a small share, however many clients there are. */
function clientsShutOut({ shutOut, plan }: LoadResult): string[] {
  if (plan.traffic.loop === 'open') return []
  const clients = Math.ceil(new Schedule(plan.traffic.clients).highest)
  if (shutOut <= SHUT_OUT_RATIO * clients) return []
  return [
    `${shutOut.toLocaleString('en-US')} of ${clients.toLocaleString('en-US')} clients never had a connection or session, and could ask nothing: the figures are of the others`,
  ]
}

/** Connections that we could not open, also those of sessions, streams and cancellations: no failures of the target's. */
export function ownLimits(outcomes: ReadonlyMap<string, number>): string[] {
  return OWN_LIMITS.flatMap(({ codes, remedy }) => {
    const counts = [...outcomes].flatMap(([outcome, count]) => {
      const code = outcome.split(' ').at(-1) ?? ''
      return codes.includes(code) ? [{ code, count }] : []
    })
    if (counts.length === 0) return []
    const names = [...new Set(counts.map(({ code }) => code))].join(' and ')
    const total = counts.reduce((sum, { count }) => sum + count, 0)
    return [
      `${names}: this machine could not open more connections, ${total.toLocaleString('en-US')} times, which is the generator’s failure and not the target’s; ${remedy}`,
    ]
  })
}

function notSent(achievedRatio: number): string {
  const share = (100 * (1 - achievedRatio)).toFixed(1)
  return `${share} % of the requests that were due were never sent: too many were under way already, or no connection or session could be had`
}
