import { InvalidArgumentError } from 'commander'
import { parseDurationNs, parseSizeBytes } from '../units/index.ts'

/** For commander: `--time-budget 60s` as ns. */
export function durationOption(text: string): number {
  const durationNs = parseDurationNs(text)
  if (durationNs === undefined) throw new InvalidArgumentError('Write a duration with its unit, such as 60s or 5m.')
  return durationNs
}

/** For commander: `--body-size 10kB` as bytes. */
export function sizeOption(text: string): number {
  const bytes = parseSizeBytes(text)
  if (bytes === undefined) throw new InvalidArgumentError('Write a size with its unit, such as 512B or 10kB.')
  return bytes
}

/** For commander: a whole number from 1 to `most`. */
export function countOption(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text)
    if (!/^\d+$/.test(text) || count < 1 || count > most) {
      throw new InvalidArgumentError(`Write a whole number from 1 to ${most}.`)
    }
    return count
  }
}

/** For commander: repeatable options. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value]
}
