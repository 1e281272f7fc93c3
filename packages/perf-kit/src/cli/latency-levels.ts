import { InvalidArgumentError } from 'commander'
import type { LatencyLevel } from '../latency/index.ts'

/** For commander: `10%,50%,80%`, `500/s` or `10,50,100` clients; may be given several times. */
export function latencyLevelsOption(
  text: string,
  previous: readonly LatencyLevel[] | undefined,
): readonly LatencyLevel[] {
  const levels = text.split(',').map((part) => {
    const level = levelOf(part.trim())
    if (level === undefined) {
      throw new InvalidArgumentError('Write shares of the capacity (10%,50%), rates (500/s) or clients (10,50).')
    }
    return level
  })
  return [...(previous ?? []), ...levels]
}

function levelOf(text: string): LatencyLevel | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(%|\/s)?$/.exec(text) ?? []
  const value = Number(digits)
  if (!(value > 0)) return undefined
  if (unit === '%') return { capacityRatio: value / 100 }
  if (unit === '/s') return { ratePerSec: value }
  return Number.isInteger(value) ? { clients: value } : undefined
}
