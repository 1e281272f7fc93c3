import { PerfKitError } from '../../errors/index.ts'
import type { LoadOptions } from '../load-options.ts'
import type { LoadEngineName } from './engine-name.ts'

const NS_PER_SEC = 1e9
const NS_PER_DAY = 86_400e9
const ASCII = /^[\t\x20-\x7e]*$/

type Check = readonly [isUsed: boolean, what: string]

/**
 * Refuse what an engine cannot do, all of it at once: left out in silence, it would be another load under the same name.
 *
 * @throws {PerfKitError} `LOAD_INVALID`
 */
export function refuseUnsupported(name: Exclude<LoadEngineName, 'native'>, options: LoadOptions): void {
  const ownChecks = name === 'autocannon' ? autocannonChecks : ohaChecks
  const checks = [...commonChecks(options), ...ownChecks(options)]
  const problems = checks.filter(([isUsed]) => isUsed).map(([, what]) => what)
  if (problems.length === 0) return
  throw new PerfKitError('LOAD_INVALID', `the engine ${name} cannot do ${problems.join('; nor ')}`, {
    remedy: 'Leave these out, or leave --engine out: the native engine can; see docs/load.md.',
  })
}

function commonChecks({ loop, phases, spikes, headers = {}, ...options }: LoadOptions): readonly Check[] {
  const [first, ...others] = phases
  const isSteady = others.length === 0 && first?.from === first?.to
  return [
    [options.mcp !== undefined, 'MCP (--mcp)'],
    [options.requests !== undefined, 'a list of requests (--requests)'],
    [options.requestModule !== undefined, 'a module of requests (--request-module)'],
    [options.data !== undefined, 'rows of data (--data)'],
    [!isSteady, 'ramps (--ramp, or a --rate that changes)'],
    [spikes !== undefined, 'spikes (--spike)'],
    [options.arrivals === 'poisson', 'Poisson arrivals (--arrivals)'],
    [options.seed !== undefined, 'a seed (--seed)'],
    [(options.thinkNs ?? 0) > 0, 'think time (--think)'],
    [(options.warmupNs ?? 0) > 0, 'a warm-up (--warmup)'],
    [options.maxInFlight !== undefined, 'a bound on requests in flight (maxInFlight)'],
    [options.maxAnswerBytes !== undefined, 'a bound on answers (maxAnswerBytes)'],
    [options.tls !== undefined, 'a trust of its own (tls)'],
    [options.onSecond !== undefined, 'a stream of seconds (--stream)'],
    [loop === 'closed' && !Number.isInteger(first?.to), 'a part of a client (--clients)'],
    [Object.values(headers).some((value) => !ASCII.test(value)), 'headers beyond ASCII (--header)'],
  ]
}

/** The reasons are in its source, lib/httpClient.js and lib/run.js. */
function autocannonChecks(options: LoadOptions): readonly Check[] {
  const [first] = options.phases
  const isRate = options.loop === 'open'
  return [
    [options.httpVersion === '2', 'HTTP/2 (--http2)'],
    [(options.threads ?? 1) > 1, 'more than one thread (--threads)'],
    // Its parser waits for the body that the head announces, and no answer to HEAD has one.
    [options.method === 'HEAD', 'HEAD (--method)'],
    [(options.timeoutNs ?? NS_PER_SEC) < NS_PER_SEC, 'a timeout of less than a second (--timeout)'],
    // Its timers overflow at 24 days.
    [(options.timeoutNs ?? 0) > NS_PER_DAY, 'a timeout of more than a day (--timeout)'],
    [isRate && !Number.isInteger(first?.to), 'a rate that is no whole number (--rate)'],
    // It sends a second's requests as soon as the second begins.
    [isRate && (first?.durationNs ?? 0) % NS_PER_SEC !== 0, 'a rate for other than whole seconds (--duration)'],
  ]
}

/** It has as many clients on each connection as on the next. */
function ohaChecks({ loop, phases: [first], streams = 1 }: LoadOptions): readonly Check[] {
  return [
    [
      loop === 'closed' && (first?.to ?? 0) % streams !== 0,
      'clients that are no multiple of those on a connection (--streams)',
    ],
  ]
}
