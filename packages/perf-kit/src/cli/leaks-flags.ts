import { PerfKitError } from '../errors/index.ts'
import type { LoadOptions } from '../load/index.ts'
import type { LoadWish } from '../memory/index.ts'
import type { Ramp } from './level-options.ts'
import { type RequestFlags, toOptions } from './load-flags.ts'
import type { RequestFiles } from './request-files.ts'
import { withoutGaps } from './without-gaps.ts'

export interface LeaksFlags extends RequestFlags {
  readonly clients?: Ramp
  readonly rate?: Ramp
  readonly think?: number
  readonly duration?: number
  readonly longest?: number
  readonly warmup?: number
  /** false: none are taken */
  readonly snapshots?: boolean
  readonly snapshotMemory?: number
  readonly keepSnapshots?: string
  readonly showStrings?: boolean
}

const DEFAULT_CLIENTS: Ramp = { to: 10, phase: undefined }
/** A thousand requests a second at most: what is kept of each has to fit into memory. */
const DEFAULT_THINK_NS = 10e6

/**
 * The load that a step of a hunt wants, as flags say what is asked.
 *
 * @throws {PerfKitError} `LOAD_INVALID` for flags that do not go together, and for a ramp: load that grows brings memory with it
 */
export function huntingOptions(url: string, flags: LeaksFlags, files: RequestFiles, wish: LoadWish): LoadOptions {
  const { warmup, clients, rate, arrivals, connections, seed, ...others } = flags
  if (clients?.phase !== undefined || rate?.phase !== undefined) {
    throw new PerfKitError('LOAD_INVALID', 'under a load that becomes more, memory does too', {
      remedy: 'Give --clients or --rate one number.',
    })
  }
  const level = levelOf(flags, wish)
  const thinks = wish.clients === undefined && rate === undefined && clients === undefined && flags.think === undefined
  return toOptions(
    url,
    {
      ...others,
      ...(rate === undefined || wish.clients === undefined ? withoutGaps({ arrivals, connections, seed }) : {}),
      ...level,
      duration: wish.durationNs,
      ...(thinks ? { think: DEFAULT_THINK_NS } : {}),
      ...(wish.step === 'watch' && warmup !== undefined ? { warmup } : {}),
    },
    files,
  )
}

/** Where it is few clients that are wished, what is only of a rate is left out. */
function levelOf(
  { clients = DEFAULT_CLIENTS, rate }: LeaksFlags,
  wish: LoadWish,
): Pick<LeaksFlags, 'clients' | 'rate'> {
  if (wish.clients !== undefined) return { clients: { to: wish.clients, phase: undefined } }
  return rate === undefined ? { clients } : { rate }
}
