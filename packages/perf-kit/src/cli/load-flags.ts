import { PerfKitError } from '../errors/index.ts'
import type { ArrivalKind, LoadEngineName, LoadOptions, Phase, Spikes } from '../load/index.ts'
import type { Budget } from '../run/index.ts'
import { withJsonType } from './json-type.ts'
import type { Ramp } from './level-options.ts'
import { type McpFlags, mcpOf, mcpSessionOf, refuseMixedProtocols } from './mcp-flags.ts'
import type { RepeatFlags } from './repeat-flags.ts'
import type { FileFlags, RequestFiles } from './request-files.ts'

/** Of each command that drives a target. */
export interface RequestFlags extends McpFlags, FileFlags, RepeatFlags {
  readonly arrivals?: ArrivalKind
  readonly seed?: number
  readonly timeout?: number
  readonly method?: string
  readonly header?: readonly string[]
  readonly body?: string
  readonly bodySize?: number
  readonly requestModule?: string
  readonly http2?: boolean
  readonly streams?: number
  readonly connections?: number
  readonly threads?: number
  /** false: look at the target from outside only */
  readonly agent?: boolean
  /** a folder for what lies on its heap when that comes near its limit */
  readonly snapshotAtLimit?: string
  readonly allowRemote?: boolean
  readonly budget?: readonly Budget[]
  readonly config?: string
  readonly json?: boolean
  readonly markdown?: boolean
  readonly html?: string
  readonly quiet?: boolean
}

export interface LoadFlags extends RequestFlags {
  readonly clients?: Ramp
  readonly ramp?: Ramp
  readonly rate?: Ramp
  readonly duration?: number
  readonly warmup?: number
  readonly spike?: Spikes
  readonly think?: number
  readonly engine?: LoadEngineName
  readonly stream?: string
}

const DEFAULT_CLIENTS = 50
const DEFAULT_DURATION_NS = 10e9

/**
 * What the flags of `perf-kit load` ask for.
 *
 * @throws {PerfKitError} `LOAD_INVALID` for flags that do not go together
 */
export function toOptions(url: string, flags: LoadFlags, files: RequestFiles): LoadOptions {
  const level = flags.rate ?? flags.ramp ?? flags.clients ?? { to: DEFAULT_CLIENTS, phase: undefined }
  if (flags.rate === undefined) refuseOfRates(flags, files, 'Give a --rate with them')
  else if (flags.think !== undefined) {
    throw new PerfKitError('LOAD_INVALID', '--think is for clients, not for a rate', { remedy: 'Leave --think out.' })
  }
  return {
    ...requestOptions(url, flags, files),
    loop: flags.rate === undefined ? 'closed' : 'open',
    phases: phasesOf(level, flags.duration),
    ...given('spikes', flags.spike),
    ...given('thinkNs', flags.think),
    ...given('warmupNs', flags.warmup),
  }
}

/**
 * What clients have no use for; a seed draws requests and cancelled calls too, and a module may make something of it.
 *
 * @param howTo - what would make use of them
 * @throws {PerfKitError} `LOAD_INVALID`
 */
export function refuseOfRates(flags: RequestFlags, files: RequestFiles, howTo: string): void {
  const { arrivals, connections, seed } = flags
  if (arrivals === undefined && connections === undefined && (seed === undefined || drawsRequests(flags, files))) return
  throw new PerfKitError('LOAD_INVALID', '--arrivals, --seed and --connections are for a rate', {
    remedy: `${howTo}; --seed goes with a --mix, --cancel, --requests or --request-module too.`,
  })
}

/** Whether something is drawn, so that there is a use for a seed. */
export function drawsRequests({ mix, cancel, requestModule }: RequestFlags, files: RequestFiles): boolean {
  return [mix, cancel, requestModule, files.requests].some((drawn) => drawn !== undefined)
}

/** Whom to ask what, and how: all that has nothing to do with how much. */
export function requestOptions(
  url: string,
  flags: RequestFlags,
  files: RequestFiles,
): Omit<LoadOptions, 'loop' | 'phases' | 'onSecond'> {
  refuseMixedProtocols(flags)
  if (flags.streams !== undefined && flags.http2 !== true) {
    throw new PerfKitError('LOAD_INVALID', '--streams are of HTTP/2', { remedy: 'Give --http2 with it.' })
  }
  return {
    url,
    ...given('mcp', mcpOf(flags)),
    ...given('mcpSession', mcpSessionOf(flags)),
    ...given('arrivals', flags.arrivals),
    ...given('seed', flags.seed),
    ...given('timeoutNs', flags.timeout),
    ...given('method', flags.method),
    headers: headersOf(flags.header ?? []),
    ...given('body', files.body ?? bodyOf(flags)),
    ...(files.requests === undefined ? {} : { requests: withJsonType(files.requests, flags.header ?? []) }),
    ...given('requestModule', flags.requestModule),
    ...given('data', files.data),
    ...(flags.http2 === true ? { httpVersion: '2' } : {}),
    ...given('streams', flags.streams),
    ...given('maxConnections', flags.connections),
    ...given('threads', flags.threads),
    allowRemote: flags.allowRemote === true,
  }
}

function bodyOf({ body, bodySize }: RequestFlags): Uint8Array | undefined {
  const text = bodySize === undefined ? body : `{{payload ${bodySize}B}}`
  return text === undefined ? undefined : new TextEncoder().encode(text)
}

/** Read here and not by commander, which repeats what it cannot read: it may be a token. */
function headersOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const entries = texts.map((text, index) => {
    const [, name, value] = /^([^:]+):\s*(.*)$/s.exec(text) ?? []
    if (name !== undefined && value !== undefined) return [name, value] as const
    throw new PerfKitError('LOAD_INVALID', `header number ${index + 1} has no colon`, {
      remedy: 'Write a header as -H "name: value".',
    })
  })
  return Object.fromEntries(entries)
}

/** An option left out stays out, so that its default is where it is documented. */
function given<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>)
}

function phasesOf({ to, phase }: Ramp, durationNs: number | undefined): readonly Phase[] {
  if (phase === undefined) return [{ from: to, to, durationNs: durationNs ?? DEFAULT_DURATION_NS }]
  return durationNs === undefined ? [phase] : [phase, { from: to, to, durationNs }]
}
