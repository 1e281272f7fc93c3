import type { BackendOptions } from './backend-options.ts'
import { amount, count, type Flag, ratio, text } from './cli-flags.ts'
import { isLatencyModel, LATENCY_SYNTAX } from './latency-model.ts'

/** What a backend does under load: flags of `backend-main.ts`, and, as `--backend-…`, of the gateway that starts it. */
export type BehaviourFlags = ReturnType<typeof behaviourFlags>

export function behaviourFlags() {
  return {
    'tool-latency': text('Response time of the tools.', LATENCY_SYNTAX, isLatencyModel),
    'payload-bytes': count('Length of what the tools return.'),
    tools: count('Number of tools.'),
    resources: count('Number of resources.'),
    'updates-per-sec': amount('Resource updates a second.'),
    'fail-ratio': ratio('Share of calls that fail.'),
    'stall-ratio': ratio('Share of calls that never answer.'),
    seed: count('Seed of latencies, failures and stalls.'),
  }
}

/** The options that were given. */
export function behaviourOf(flags: BehaviourFlags): Partial<BackendOptions> {
  return defined({
    toolLatency: flags['tool-latency'].last,
    payloadBytes: flags['payload-bytes'].last,
    tools: flags.tools.last,
    resources: flags.resources.last,
    updatesPerSec: flags['updates-per-sec'].last,
    failRatio: flags['fail-ratio'].last,
    stallRatio: flags['stall-ratio'].last,
    seed: flags.seed.last,
  })
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The same object without members that are undefined. */
export function defined<T extends object>(object: T): Defined<T> {
  const result: Defined<T> = { ...object }
  for (const key in result) if (result[key] === undefined) delete result[key]
  return result
}

/** Back from options to command line arguments. */
export function behaviourArgs(flags: Readonly<Record<string, Flag<unknown>>>): string[] {
  return Object.entries(flags).flatMap(([name, { last }]) => (last === undefined ? [] : [`--${name}`, String(last)]))
}
