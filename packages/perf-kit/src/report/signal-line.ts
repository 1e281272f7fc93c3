import type { SignalVerdict } from '../memory/index.ts'
import { formatQuantity, type QuantityStyle } from './format-quantity.ts'

/** What is counted, by the signal's name, where that is no word for it. */
const NAMES: Readonly<Record<string, string>> = {
  rss: 'resident memory',
  rssResidual: 'resident memory beside the heap',
  external: 'memory outside of the heap',
  descriptors: 'open files',
}

/** By how much one of the signals grows: `heap: 4.10 kB a request (3.99 kB to 4.21 kB), 168 MB in all`. */
export function signalLine({ signal, unit, per, each, inAll, because }: SignalVerdict, style: QuantityStyle): string {
  const name = NAMES[signal] ?? signal
  if (each === undefined) return `${name}: ${because}`
  const [value, low, high] = [each.value, each.low, each.high].map((amount) => formatQuantity(amount, unit, style))
  const sum = inAll === undefined ? '' : `, ${formatQuantity(inAll, unit, style)} in all`
  return `${name}: ${value} a ${per} (${low} to ${high})${sum}`
}
