import { InvalidArgumentError } from 'commander'
import type { Phase, Spikes } from '../load/index.ts'
import { parseDurationNs } from '../units/index.ts'

/** A level, or a way from one to another: `50`, `1..100@60s`. */
export interface Ramp {
  readonly to: number
  readonly phase: Phase | undefined
}

/** For commander: `2000` or `100..2000@60s`. Whether the numbers can be driven is for the plan to say. */
export function rampOption(text: string): Ramp {
  const steady = numberOf(text)
  if (steady !== undefined) return { to: steady, phase: undefined }
  const [, fromText = '', toText = '', durationText = ''] = /^(.+)\.\.(.+)@(.+)$/.exec(text.trim()) ?? []
  const [from, to, durationNs] = [numberOf(fromText), numberOf(toText), parseDurationNs(durationText)]
  if (from === undefined || to === undefined || durationNs === undefined) {
    throw new InvalidArgumentError('Write a number such as 50, or a ramp such as 1..100@60s.')
  }
  return { to, phase: { from, to, durationNs } }
}

/** For commander: `5x/30s/2s`: five times as much, every 30 s, for 2 s. */
export function spikeOption(text: string): Spikes {
  const [factorText = '', everyText = '', lastsText = ''] = text.trim().split('/')
  const factor = factorText.endsWith('x') ? numberOf(factorText.slice(0, -1)) : undefined
  const [everyNs, lastsNs] = [parseDurationNs(everyText), parseDurationNs(lastsText)]
  if (factor === undefined || everyNs === undefined || lastsNs === undefined) {
    throw new InvalidArgumentError('Write spikes such as 5x/30s/2s: five times as much, every 30 s, for 2 s.')
  }
  return { factor, everyNs, lastsNs }
}

/** For commander: a JSON object. */
export function jsonObjectOption(text: string): object {
  const value = parsed(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new InvalidArgumentError('Write a JSON object such as {"bytes":100}.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function numberOf(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : undefined
}
