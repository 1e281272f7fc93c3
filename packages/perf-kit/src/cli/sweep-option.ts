import { InvalidArgumentError } from 'commander'
import type { SweepParameter } from '../throughput/index.ts'
import { parseSizeBytes } from '../units/index.ts'

const EXAMPLE = 'Write a name and its values, such as clients=1,2,4,8 or size=100B,1kB,10kB.'

/** For commander: `clients=1,2,4,8`, `size=100B,1kB`. Whether the values make a sweep is for the sweep to say. */
export function sweepOption(text: string): SweepParameter {
  const [, name = '', list = ''] = /^\s*([A-Za-z][\w-]*)\s*=\s*(.+)$/.exec(text) ?? []
  if (name === '') throw new InvalidArgumentError(EXAMPLE)
  const texts = list.split(',').map((part) => part.trim())
  const numbers = texts.map((part) => (/^-?\d+(?:\.\d+)?$/.test(part) ? Number(part) : undefined))
  if (numbers.every((value) => value !== undefined)) {
    return { name, unit: 'count', values: numbers.map((value, index) => ({ value, text: texts[index] ?? '' })) }
  }
  const sizes = texts.map((part) => (/[A-Za-z]$/.test(part) ? parseSizeBytes(part) : undefined))
  if (sizes.every((value) => value !== undefined)) {
    return { name, unit: 'bytes', values: sizes.map((value, index) => ({ value, text: texts[index] ?? '' })) }
  }
  throw new InvalidArgumentError(`${EXAMPLE} All of them are numbers, or all of them sizes with their units.`)
}
