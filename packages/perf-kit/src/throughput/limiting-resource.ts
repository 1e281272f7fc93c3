import type { Metric } from '../run/index.ts'
import { EVIDENCE } from './scaling-evidence.ts'

/**
 * What kept a load from going faster:
 * - `generator`: the load's own side, so that the throughput is the least that the target can do
 * - `event loop`, `process`: a thread of the target's had no time left
 * - `machine`: no processor had any
 * - `other programs`: the same, and what took them has nothing to do with the load
 * - `pool`: requests waited for a connection of a pool
 * - `backend`: requests spent most of their time behind the target
 */
export type LimitKind = 'generator' | 'event loop' | 'process' | 'machine' | 'other programs' | 'pool' | 'backend'

export interface LimitingResource {
  /** `undefined`: what was seen decides nothing */
  readonly kind: LimitKind | undefined
  /** the process, or what the target calls it */
  readonly name?: string
  /** what was seen, that which decided first */
  readonly evidence: readonly EvidenceItem[]
}

export interface EvidenceItem {
  readonly what: string
  readonly metric: Pick<Metric, 'value' | 'unit'>
}

/** As in docs/load.md: a generator that never waits may be the limit itself. */
const GENERATOR_LIMIT = 0.95
/** A loop that is busy for nine tenths of the time lets requests wait behind each other already. */
const LOOP_LIMIT = 0.9
const PROCESS_LIMIT = 0.9
const MACHINE_LIMIT = 0.95
/** Of a machine without a processor to spare, taken by others: without them it would have had some. */
const OTHERS_LIMIT = 0.2
/** Of requests' time, spent on waiting for a connection. */
const POOL_LIMIT = 0.3
const WAITING_LIMIT = 1
const BACKEND_LIMIT = 0.5

/** How targets call what they wait for, as words; those of the reference gateway are `acquire` and `backend`. */
const POOL_NAMES = /(?:^|[^a-z])(?:acquire|pools?|queued?|wait(?:ing)?)(?:$|[^a-z])/
const BACKEND_NAMES = /(?:^|[^a-z])(?:backends?|upstreams?|origin|database|\w*(?:sql|db))(?:$|[^a-z])/

type Find = (name: string) => Metric | undefined

interface Candidate {
  readonly kind: LimitKind
  readonly limit: number
  readonly name?: string
  readonly what: string
  readonly metric: Metric | undefined
}

/**
 * The first of these that is used up. What is used comes before what is waited for: behind a busy event loop all waits are long,
 * those for a connection and those for a backend too.
 */
export function limitingResource(metrics: readonly Metric[]): LimitingResource {
  const find: Find = (name) => metrics.find((metric) => metric.name === name)
  const named = (prefix: string): (readonly [name: string, metric: Metric])[] =>
    metrics
      .filter(({ name }) => name.startsWith(prefix))
      .map((metric) => [metric.name.slice(prefix.length), metric] as const)
      .toSorted(([, left], [, right]) => right.value - left.value)
  const others = find(EVIDENCE.othersBusy)
  const machine = { limit: MACHINE_LIMIT, what: 'of all processors busy', metric: find(EVIDENCE.machineBusy) }
  const isOthers = others !== undefined && others.value >= OTHERS_LIMIT
  const waits = named(EVIDENCE.timeShare).flatMap(([name, metric]) => waitCandidate(name, metric))
  // A pool that is too small makes requests wait however quick the backend is, and is enlarged at once.
  const [pools, backends] = [
    waits.filter(({ kind }) => kind === 'pool'),
    waits.filter(({ kind }) => kind === 'backend'),
  ]
  // How many wait says less than for how long, where that is told.
  const waitingLimit = pools.length > 0 ? Number.POSITIVE_INFINITY : WAITING_LIMIT
  const candidates: Candidate[] = [
    { kind: 'generator', limit: GENERATOR_LIMIT, what: 'generator busy', metric: find(EVIDENCE.generatorBusy) },
    { kind: 'event loop', limit: LOOP_LIMIT, what: 'event loop busy', metric: find(EVIDENCE.loopBusy) },
    ...named(EVIDENCE.processCpu).map(
      ([name, metric]): Candidate => ({
        kind: 'process',
        limit: PROCESS_LIMIT,
        name,
        what: `of a processor by a thread of ${name}`,
        metric,
      }),
    ),
    ...(isOthers ? [] : [{ kind: 'machine', ...machine } as const]),
    ...pools,
    { kind: 'pool', limit: waitingLimit, what: 'waiting for a connection', metric: find(EVIDENCE.poolWaiting) },
    ...backends,
    // They make everything slower, and are the answer when there is no other.
    ...(isOthers ? [{ kind: 'other programs', ...machine } as const] : []),
    {
      kind: 'other programs',
      limit: Number.POSITIVE_INFINITY,
      what: 'of all processors by other programs',
      metric: others,
    },
  ]
  const known = candidates.flatMap(({ metric, ...rest }) => (metric === undefined ? [] : [{ ...rest, metric }]))
  const decided = known.find(({ metric, limit }) => metric.value >= limit)
  const rest = known.filter((each) => each !== decided)
  const evidence = [...(decided === undefined ? [] : [decided]), ...rest].map(({ what, metric }) => ({
    what,
    metric: { value: metric.value, unit: metric.unit },
  }))
  const name = decided?.name
  return { kind: decided?.kind, ...(name === undefined ? {} : { name }), evidence }
}

/** Whether other programs left no processor to spare, whatever else was used up. */
export function isCrowded({ metrics }: { readonly metrics: readonly Metric[] }): boolean {
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
  return value(EVIDENCE.machineBusy) >= MACHINE_LIMIT && value(EVIDENCE.othersBusy) >= OTHERS_LIMIT
}

function waitCandidate(name: string, metric: Metric): Candidate[] {
  const what = `of requests’ time in ${name}`
  // `dbQuery` and `DBQuery` are two words.
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ').toLowerCase()
  if (POOL_NAMES.test(words)) return [{ kind: 'pool', limit: POOL_LIMIT, name, what, metric }]
  return BACKEND_NAMES.test(words) ? [{ kind: 'backend', limit: BACKEND_LIMIT, name, what, metric }] : []
}
