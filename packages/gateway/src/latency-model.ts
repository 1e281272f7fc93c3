import { parseDurationMs } from './duration.ts'
import { normal, type Random } from './random.ts'

/** Draws one response time, in ms; undefined is an answer without any wait. */
export type LatencyModel = (random: Random) => number | undefined

export const LATENCY_SYNTAX =
  'none | fixed:5ms | exponential:mean=20ms | lognormal:p50=10ms,p99=200ms | mixed:90%=5ms,10%=500ms'

/** 0.99 quantile of the standard normal distribution. */
const Z99 = 2.3263478740408408

/**
 * Reads a latency model in the form of {@link LATENCY_SYNTAX}.
 *
 * @throws {RangeError} when the text is none
 */
export function parseLatencyModel(text: string): LatencyModel {
  const colon = text.indexOf(':')
  const kind = colon < 0 ? text : text.slice(0, colon)
  const argument = colon < 0 ? '' : text.slice(colon + 1)
  switch (kind) {
    case 'none':
      return () => undefined
    case 'fixed':
      return fixed(readDuration(text, argument))
    case 'exponential':
      return exponential(readPair(text, argument, 'mean'))
    case 'lognormal':
      return lognormal(text, argument.split(','))
    case 'mixed':
      return mixed(text, argument.split(','))
    default:
      throw malformed(text)
  }
}

function fixed(ms: number): LatencyModel {
  return () => ms
}

function exponential(meanMs: number): LatencyModel {
  return (random) => -meanMs * Math.log(1 - random())
}

function lognormal(text: string, [p50 = '', p99 = '', ...rest]: readonly string[]): LatencyModel {
  const medianMs = readPair(text, p50, 'p50')
  const tailMs = readPair(text, p99, 'p99')
  if (rest.length > 0 || medianMs <= 0 || tailMs < medianMs) throw malformed(text)
  const sigma = Math.log(tailMs / medianMs) / Z99
  return (random) => medianMs * Math.exp(sigma * normal(random))
}

function mixed(text: string, parts: readonly string[]): LatencyModel {
  const shares = parts.map((part) => {
    const match = /^(\d+(?:\.\d+)?)%=(.+)$/.exec(part)
    if (!match) throw malformed(text)
    return { shareRatio: Number(match[1]) / 100, ms: readDuration(text, match[2] ?? '') }
  })
  const total = shares.reduce((sum, { shareRatio }) => sum + shareRatio, 0)
  if (Math.abs(total - 1) > 1e-9)
    throw new RangeError(`latency "${text}": the shares add up to ${total * 100}%, not 100%`)
  return (random) => {
    let left = random()
    for (const { shareRatio, ms } of shares) {
      left -= shareRatio
      if (left < 0) return ms
    }
    // Rounding may leave a hair's breadth after the last share: it belongs to the last.
    return shares.at(-1)?.ms
  }
}

export function isLatencyModel(text: string): boolean {
  try {
    parseLatencyModel(text)
    return true
  } catch {
    return false
  }
}

function readPair(text: string, pair: string, key: string): number {
  if (!pair.startsWith(`${key}=`)) throw malformed(text)
  return readDuration(text, pair.slice(key.length + 1))
}

function readDuration(text: string, duration: string): number {
  const ms = parseDurationMs(duration)
  if (ms === undefined) throw malformed(text)
  return ms
}

function malformed(text: string): RangeError {
  return new RangeError(`latency "${text}" is none of: ${LATENCY_SYNTAX}`)
}
