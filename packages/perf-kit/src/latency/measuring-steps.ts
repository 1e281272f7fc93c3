import { PerfKitError } from '../errors/index.ts'
import type { LoadOptions } from '../load/index.ts'
import type { LatencyLevel, LatencyOptions } from './latency-options.ts'

const DEFAULT_LEVELS: readonly LatencyLevel[] = [{ capacityRatio: 0.1 }, { capacityRatio: 0.5 }, { capacityRatio: 0.8 }]
const DEFAULT_CAPACITY_CLIENTS = 50

/** One load of several. */
export interface Step {
  readonly level: string
  /** the capacity is not looked at where there is no share of it */
  readonly optionsAt: (capacityPerSec: number) => LoadOptions
  readonly isCapacity: boolean
}

/**
 * What is driven, one after another. The capacity is looked for at both ends, where it is needed: a machine or a target that
 * has changed meanwhile makes shares of it meaningless.
 *
 * @throws {PerfKitError} `LOAD_INVALID`
 */
export function stepsOf({ levels = DEFAULT_LEVELS, ...options }: LatencyOptions): Step[] {
  const { durationNs = 10e9, warmupNs = 2e9, capacityClients = DEFAULT_CAPACITY_CLIENTS } = options
  const steady = (level: number): Pick<LoadOptions, 'phases' | 'warmupNs'> => ({
    phases: [{ from: level, to: level, durationNs: warmupNs + durationNs }],
    warmupNs,
  })
  const step = (level: string, optionsAt: Step['optionsAt']): Step => ({ level, optionsAt, isCapacity: false })
  const steps = levels.map((level) => {
    if ('clients' in level) {
      const { clients } = level
      return step(clients === 1 ? '1 client' : `${clients} clients`, () => ({
        ...options,
        loop: 'closed',
        ...steady(clients),
      }))
    }
    if ('ratePerSec' in level) {
      const { ratePerSec } = level
      return step(`${ratePerSec}/s`, () => ({ ...options, loop: 'open', ...steady(ratePerSec) }))
    }
    const { capacityRatio } = level
    if (!(capacityRatio > 0 && capacityRatio <= 2)) {
      throw invalidLevels(`${capacityRatio} is no share of a capacity; more than 0 and at most 2 can be driven`)
    }
    return step(`${Number((100 * capacityRatio).toPrecision(6))} % of capacity`, (capacityPerSec) => ({
      ...options,
      loop: 'open',
      ...steady(capacityRatio * capacityPerSec),
    }))
  })
  if (!levels.some((level) => 'capacityRatio' in level)) return steps
  const optionsAt = (): LoadOptions => ({ ...options, loop: 'closed', ...steady(capacityClients) })
  const capacity = { level: `capacity, ${capacityClients} clients`, optionsAt, isCapacity: true }
  return [capacity, ...steps, { ...capacity, level: `${capacity.level}, at the end` }]
}

export function invalidLevels(message: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy: 'Correct the levels; see docs/latency.md.' })
}
