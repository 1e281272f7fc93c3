import { expect, it } from 'vitest'
import { planLoad } from '../../src/load/load-options.ts'
import { LoadResult } from '../../src/load/load-result.ts'
import { judgeValidity } from '../../src/load/load-validity.ts'
import { deltaOf, doneOf } from './thread-messages.ts'

const MS = 1e6

interface Seen {
  readonly loop?: 'open' | 'closed'
  readonly lagNs?: number
  readonly dropped?: number
  readonly unsent?: number
  /** in the mean */
  readonly busyRatio?: number
  readonly busiestRatio?: number
  /** of ten */
  readonly shutOut?: number
  readonly outcome?: string
  readonly wasStopped?: boolean
}

/** A hundred requests of 5 ms, but for what is said. */
function resultOf(seen: Seen): LoadResult {
  const { loop = 'open', lagNs = 1000, dropped = 0, unsent = 0, busyRatio = 0.5, outcome = 'HTTP 200' } = seen
  const phases = [{ from: 10, to: 10, durationNs: 1e9 }]
  const result = new LoadResult(planLoad({ url: 'http://127.0.0.1/', loop, phases }))
  const ended = 100 - dropped - unsent
  const delta = deltaOf({
    responseOk: Float64Array.of(5 * MS, ended),
    responseFailed: unsent === 0 ? Float64Array.of() : Float64Array.of(5 * MS, unsent),
    times: { service: Float64Array.of(5 * MS, ended), sendLag: Float64Array.of(lagNs, 100) },
    outcomes: { [outcome]: ended },
    dropped,
    unsent,
    offered: 100,
    succeededInWindow: ended,
  })
  result.add(0, { type: 'delta', sequence: 0, atNs: 1e9, delta })
  const { busiestRatio = busyRatio, shutOut = 0, wasStopped = false } = seen
  result.finish(0, doneOf(100, { wasStopped, busyRatio, busiestRatio, shutOut }))
  return result
}

it.each<[string, Seen, string, RegExp | undefined]>([
  ['all as it should be', {}, 'valid', undefined],
  ['a lag of 2 ms, beside answers in 5 ms', { lagNs: 2 * MS }, 'suspect', /the generator came late/],
  ['a lag below 1 ms', { lagNs: 0.9 * MS }, 'valid', undefined],
  ['2 % that were dropped', { dropped: 2 }, 'suspect', /2\.0 % of the requests that were due were never sent/],
  ['1 % that were dropped, which is allowed', { dropped: 1 }, 'valid', undefined],
  ['20 % that were dropped', { dropped: 20 }, 'invalid', /20\.0 %/],
  ['20 % that expired before they were sent', { unsent: 20 }, 'invalid', /20\.0 %/],
  ['a generator that never waits, in a closed loop', { loop: 'closed', busyRatio: 0.99 }, 'suspect', /was busy 99 %/],
  [
    'a generator that never waits at the top of a ramp',
    { loop: 'closed', busyRatio: 0.4, busiestRatio: 0.98 },
    'suspect',
    /was busy 98 % of the time where it was busiest/,
  ],
  ['the same in an open loop, which turns on purpose', { busyRatio: 0.99 }, 'valid', undefined],
  ['clients that never had a session', { loop: 'closed', shutOut: 3 }, 'suspect', /^3 of 10 clients never had/],
  ['too few files of our own', { outcome: 'EMFILE' }, 'suspect', /EMFILE: this machine could not open more/],
  [
    'too few files for sessions',
    { outcome: 'SESSION EMFILE' },
    'suspect',
    /^EMFILE: .* 100 times, which is the generator’s failure and not the target’s; .*ulimit -n/,
  ],
  [
    'no port left for an event stream',
    { outcome: 'SESSION STREAM EADDRNOTAVAIL' },
    'suspect',
    /^EADDRNOTAVAIL: .*ip_local_port_range/,
  ],
  ['an answer whose words are ours', { outcome: 'PROTOCOL HEADER' }, 'valid', undefined],
  ['an end before the schedule’s', { wasStopped: true }, 'invalid', /ended before its schedule did/],
])('judges %s', (_title, seen, state, reason) => {
  const validity = judgeValidity(resultOf(seen))
  expect(validity.state).toBe(state)
  expect(validity.reasons).toEqual(reason === undefined ? [] : [expect.stringMatching(reason)])
})
