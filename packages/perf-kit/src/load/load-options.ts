import { PerfKitError } from '../errors/index.ts'
import {
  encodeRequest,
  type HttpEndpoint,
  headersOfConnection,
  isRemoteAddress,
  parseEndpoint,
  type TlsTrust,
} from '../protocol/index.ts'
import type { LoadData } from './data/load-data.ts'
import { planData } from './data/plan-data.ts'
import { gapPlacesOf, hasGap } from './gap-places.ts'
import type { ArrivalKind, LoadPlan } from './load-plan.ts'
import { type McpRequests, type McpSessionOptions, type McpWish, mcpProblems, planMcp } from './mcp-plan.ts'
import { withPayloadsOf } from './requests/asked-payloads.ts'
import { planRequests, type RequestWish, requestProblems } from './requests/plan-requests.ts'
import type { WeightedRequest } from './requests/weighted-request.ts'
import { Schedule, type Segment, type Spikes, withSpikes } from './schedule.ts'
import type { StreamedSecond } from './streamed-second.ts'

/** Evenly from one level to another; the same for both is a steady level. */
export type Phase = Segment

/**
 * What to drive at a target. Levels are clients in a closed loop, and requests a second in an open one. In its URL, headers, bodies
 * and arguments, `{{payload 10kB}}` is a text of that size, and with `data`, `{{column}}` the value of a row.
 */
export interface LoadOptions {
  readonly url: string
  /** default: GET, and POST with a body */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** instead of one request: drawn from these by weight, on each connection by itself */
  readonly requests?: readonly WeightedRequest[]
  /**
   * instead of them: the path of a module whose default export is called in each thread, `({ index, of, seed }) => () => HttpRequest`,
   * and what that returns for each request
   */
  readonly requestModule?: string
  /** each request that has a `{{column}}` takes the next row, of all threads together, and begins anew after the last */
  readonly data?: LoadData
  /** `2`: over TLS as both sides agree, and without it as if they had; a target that does not is not spoken to. Default `1.1` */
  readonly httpVersion?: '1.1' | '2'
  /** of HTTP/2: clients that share a connection, each with a request at a time; default 1 */
  readonly streams?: number
  /** speak MCP: open a session on each connection, and ask this, or draw from these; neither method nor body then */
  readonly mcp?: McpRequests
  /** of MCP: how its sessions go */
  readonly mcpSession?: McpSessionOptions
  /** `closed`: so many clients, each of which waits for its answer. `open`: so many requests a second, whatever comes back */
  readonly loop: 'closed' | 'open'
  readonly phases: readonly Phase[]
  readonly spikes?: Spikes
  /** of an open loop; default `constant` */
  readonly arrivals?: ArrivalKind
  /** of Poisson arrivals, and of what is drawn from a mix; the same seed gives the same ones. Default 1 */
  readonly seed?: number
  /** of a closed loop, between an answer and the next request; default 0 */
  readonly thinkNs?: number
  /** the first part of the schedule, which is not counted; default 0 */
  readonly warmupNs?: number
  /** from the intended send time to the last byte; default 30 s */
  readonly timeoutNs?: number
  /** of an open loop, sent or waiting; what comes beyond is dropped, and counted. Default 10 000 */
  readonly maxInFlight?: number
  /** of an open loop; default 1000 */
  readonly maxConnections?: number
  /** a larger answer is a failed request; default 1 GiB, and 64 MiB of MCP */
  readonly maxAnswerBytes?: number
  /** of a https target: whom to trust; default whom Node trusts */
  readonly tls?: TlsTrust
  /** default 1 */
  readonly threads?: number
  /** load may leave this machine; default no */
  readonly allowRemote?: boolean
  /** all phases may be of nothing, as what is left of a schedule can be; default no */
  readonly mayIdle?: boolean
  /** so many seconds of the result keep their numbers, for loads of hours whose seconds are kept elsewhere; default all */
  readonly secondsKept?: number
  /** told of each second once it is whole, in their order; all of them add up to the result */
  readonly onSecond?: (second: StreamedSecond) => void
  /** told of what a module of requests prints, a line at a time: the first hundred, and how many more there were; default: nobody is */
  readonly onPrint?: (line: string) => void
}

const MOST_CLIENTS = 20_000
/** No Node process sends more; a rate beyond it is a slip of the hand. */
const MOST_PER_SEC = 1_000_000
const MOST_THREADS = 64
const MOST_STREAMS = 10_000
const MOST_SPIKES = 100_000
/** MCP answers are kept until they are whole, and read; others are only counted. */
const MOST_ANSWER_BYTES = 2 ** 30
const MOST_MCP_ANSWER_BYTES = 2 ** 26

/**
 * What the threads have to know, or all that is wrong with what was asked for.
 *
 * @throws {PerfKitError} `URL_INVALID`, `REQUEST_INVALID`, `LOAD_INVALID`, `LOAD_FILE_INVALID`, `TARGET_REMOTE`
 */
export function planLoad(given: LoadOptions): LoadPlan {
  const options = withPayloadsOf(given)
  const endpoint = parseEndpoint(options.url)
  refuseRemote(endpoint, options.allowRemote ?? false)
  const { body, headers = {}, method = body === undefined ? 'GET' : 'POST' } = options
  const request = encodeRequest(endpoint, { method, headers, ...(body === undefined ? {} : { body }) })
  const wish = mcpWishOf(options)
  const asked = requestWishOf(options)
  const problems = [
    ...problemsOf(options),
    ...http2Problems(options),
    ...(wish === undefined ? [] : mcpProblems(wish)),
    ...requestProblems(asked),
    ...dataProblems(options),
  ]
  if (problems.length > 0) {
    throw new PerfKitError('LOAD_INVALID', problems.join('; '), {
      remedy: 'Correct the options; docs/load.md tells what each of them means.',
    })
  }
  const schedule = new Schedule(options.phases)
  const { segments } = options.spikes === undefined ? schedule : withSpikes(schedule, options.spikes)
  const mcp = wish === undefined ? undefined : planMcp(wish)
  const variants = planRequests(endpoint, asked, options.seed ?? 1)
  return {
    endpoint,
    request,
    method,
    headers,
    ...(mcp === undefined ? {} : { mcp }),
    ...(variants === undefined ? {} : { variants }),
    ...(options.data === undefined ? {} : { data: planData(options.data, gapPlacesOf(mcp, variants)) }),
    ...(options.httpVersion === '2' ? { http2: { streams: options.streams ?? 1 } } : {}),
    traffic: trafficOf(options, segments),
    warmupNs: options.warmupNs ?? 0,
    timeoutNs: options.timeoutNs ?? 30e9,
    maxAnswerBytes: options.maxAnswerBytes ?? (options.mcp === undefined ? MOST_ANSWER_BYTES : MOST_MCP_ANSWER_BYTES),
    tls: options.tls ?? {},
    allowRemote: options.allowRemote ?? false,
    threads: options.threads ?? 1,
    ...(options.secondsKept === undefined ? {} : { secondsKept: options.secondsKept }),
  }
}

function requestWishOf({ method, headers, body, requests, requestModule, data, mcp }: LoadOptions): RequestWish {
  return {
    ...(method === undefined ? {} : { method }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(requests === undefined ? {} : { requests }),
    ...(requestModule === undefined ? {} : { requestModule }),
    hasData: data !== undefined,
    isMcp: mcp !== undefined,
  }
}

/** A session is one user's: what opens and ends it would have to take the same row. */
function dataProblems({ url, headers = {}, mcp, data }: LoadOptions): string[] {
  if (mcp === undefined || data === undefined || ![url, ...Object.values(headers)].some(hasGap)) return []
  return ['of MCP, rows fill the parameters of what is asked, and neither its URL nor its headers']
}

function mcpWishOf({ mcp, mcpSession = {}, seed = 1 }: LoadOptions): McpWish | undefined {
  return mcp === undefined ? undefined : { requests: mcp, session: mcpSession, seed }
}

function trafficOf(options: LoadOptions, segments: readonly Segment[]): LoadPlan['traffic'] {
  if (options.loop === 'closed') return { loop: 'closed', clients: segments, thinkNs: options.thinkNs ?? 0 }
  return {
    loop: 'open',
    ratePerSec: segments,
    arrivals: options.arrivals ?? 'constant',
    seed: options.seed ?? 1,
    maxInFlight: options.maxInFlight ?? 10_000,
    maxConnections: options.maxConnections ?? 1000,
  }
}

/** A name is looked up when the load begins, and again by each connection. */
function refuseRemote({ hostname, shownUrl }: HttpEndpoint, allowRemote: boolean): void {
  if (!allowRemote && isRemoteAddress(hostname)) throw remoteRefusal(shownUrl)
}

export function remoteRefusal(shownUrl: string): PerfKitError {
  return new PerfKitError('TARGET_REMOTE', `${shownUrl} is not this machine`, {
    remedy: 'Load on a machine that others use can take it down. If it is yours to load, say --allow-remote.',
  })
}

/** All of them at once: who corrects one wants to know of the next. */
function problemsOf({ loop, phases, spikes, threads = 1, ...times }: LoadOptions): string[] {
  const most = loop === 'closed' ? MOST_CLIENTS : MOST_PER_SEC
  const what = loop === 'closed' ? 'clients' : 'requests a second'
  const levels = phases.flatMap(({ from, to }) => [from, to])
  // Without spreading: a cycle of hours has more levels than a call may have arguments.
  const peak = levels.reduce((most, level) => Math.max(most, level), 0) * (spikes?.factor ?? 1)
  const durationNs = phases.reduce((sum, phase) => sum + phase.durationNs, 0)
  const checks: readonly (readonly [boolean, string])[] = [
    [phases.length > 0 && phases.every((phase) => phase.durationNs > 0), 'every phase must last'],
    [levels.every((level) => Number.isFinite(level) && level >= 0), `${what} must be a number, 0 or more`],
    [peak > 0 || times.mayIdle === true, `there must be some ${what}`],
    [!(peak > most), `${peak} ${what} is more than ${most}`],
    [spikes === undefined || spikes.factor > 0, 'a spike needs a factor above 0'],
    [spikes === undefined || spikes.everyNs >= durationNs / MOST_SPIKES, `there may be ${MOST_SPIKES} spikes at most`],
    [spikes === undefined || spikes.lastsNs < spikes.everyNs, 'a spike must end before the next one begins'],
    [(times.warmupNs ?? 0) >= 0 && (times.warmupNs ?? 0) < durationNs, 'the warm-up must end before the schedule does'],
    [(times.timeoutNs ?? 1) > 0, 'a timeout must be longer than nothing'],
    [(times.thinkNs ?? 0) >= 0, 'a think time cannot be negative'],
    [isCount(threads, MOST_THREADS), `threads must be a whole number from 1 to ${MOST_THREADS}`],
    [
      (times.maxInFlight ?? threads) >= threads && (times.maxConnections ?? threads) >= threads,
      'every thread needs a connection',
    ],
    [isCount(times.maxInFlight ?? 1, 10 * MOST_CLIENTS), 'requests in flight must be a whole number above 0'],
    [isCount(times.maxConnections ?? 1, MOST_CLIENTS), `connections must be a whole number from 1 to ${MOST_CLIENTS}`],
  ]
  return checks.filter(([isRight]) => !isRight).map(([, problem]) => problem)
}

function http2Problems({ httpVersion = '1.1', streams, headers = {}, method, requests = [] }: LoadOptions): string[] {
  const given = [headers, ...requests.map((request) => request.headers ?? {})]
  const lost = httpVersion === '2' ? [...new Set(given.flatMap(headersOfConnection))] : []
  const checks: readonly (readonly [boolean, string])[] = [
    [httpVersion === '1.1' || httpVersion === '2', `HTTP/${httpVersion} is not spoken: 1.1 and 2 are`],
    [
      streams === undefined || httpVersion === '2',
      'only HTTP/2 has streams, of which clients could share a connection',
    ],
    [isCount(streams ?? 1, MOST_STREAMS), `streams must be a whole number from 1 to ${MOST_STREAMS}`],
    [
      httpVersion === '1.1' || ![method, ...requests.map((request) => request.method)].includes('CONNECT'),
      'CONNECT opens a tunnel over HTTP/2, and asks for nothing',
    ],
    [lost.length === 0, `HTTP/2 has no place for ${lost.join(', ')} among the headers`],
  ]
  return checks.filter(([isRight]) => !isRight).map(([, problem]) => problem)
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most
}
