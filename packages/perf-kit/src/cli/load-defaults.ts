import { InvalidArgumentError } from 'commander'
import { PerfKitError } from '../errors/index.ts'
import { rampOption, spikeOption } from './level-options.ts'
import { drawsRequests, type LoadFlags, type RequestFlags } from './load-flags.ts'
import type { LoadConfig } from './own-target.ts'
import type { RequestFiles } from './request-files.ts'
import { withoutGaps } from './without-gaps.ts'

/**
 * Flags, and where they leave it open, what `load` of the configuration says of how a target is driven. What is for rates only is left
 * out where there is none: there it would be refused, as if somebody had asked for it.
 */
export function withDrivingDefaults<Flags extends RequestFlags>(
  { timeout, threads, arrivals, connections, seed }: LoadConfig,
  flags: Flags,
  { hasRate, files }: { readonly hasRate: boolean; readonly files: RequestFiles },
): Flags {
  const ofRates = hasRate ? { arrivals, connections } : {}
  const drawn = hasRate || drawsRequests(flags, files) ? { seed } : {}
  return { ...withoutGaps({ timeout, threads, ...ofRates, ...drawn }), ...flags }
}

/** The same, with how much it is driven: a flag that says so replaces clients, ramp and rate at once, and their spikes. */
export function withLoadDefaults(load: LoadConfig, flags: LoadFlags, files: RequestFiles): LoadFlags {
  const { duration, warmup, think } = load
  const isLevelGiven = [flags.clients, flags.ramp, flags.rate].some((level) => level !== undefined)
  // Five times fifty clients is what somebody has thought of; five times a flag's rate is what nobody has.
  const level = isLevelGiven ? {} : { ...levelOf(load), ...spikeOf(load) }
  const hasRate = flags.rate !== undefined || 'rate' in level
  const known = withoutGaps({ ...level, duration, warmup, ...(hasRate ? {} : { think }) })
  return withDrivingDefaults(load, { ...known, ...flags }, { hasRate, files })
}

function levelOf({ clients, ramp, rate }: LoadConfig): Pick<LoadFlags, 'clients' | 'ramp' | 'rate'> {
  if (clients !== undefined) return { clients: rampOption(String(clients)) }
  if (ramp !== undefined) return { ramp: readText('ramp', ramp, rampOption) }
  return rate === undefined ? {} : { rate: readText('rate', String(rate), rampOption) }
}

function spikeOf({ spike }: LoadConfig): Pick<LoadFlags, 'spike'> {
  return spike === undefined ? {} : { spike: readText('spike', spike, spikeOption) }
}

function readText<Value>(key: string, text: string, read: (text: string) => Value): Value {
  try {
    return read(text)
  } catch (cause) {
    if (!(cause instanceof InvalidArgumentError)) throw cause
    throw new PerfKitError('LOAD_INVALID', `load.${key}: "${text}" cannot be read`, { cause, remedy: cause.message })
  }
}
