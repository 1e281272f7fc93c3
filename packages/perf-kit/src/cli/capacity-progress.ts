import { formatQuantity, rateText } from '../report/index.ts'
import type { CapacityTrial } from '../run/index.ts'
import type { CapacityProgress } from '../throughput/index.ts'

/** What is tried at the moment: `trial 3: 1,012/s`. */
export function trialTitle({ number, ratePerSec, phase }: CapacityProgress, repetition: string | undefined): string {
  const what = ratePerSec === null ? 'clients' : rateText(ratePerSec)
  const title = `trial ${number}: ${what}${phase === 'confirm' ? ', confirming' : ''}`
  return repetition === undefined ? title : `${repetition}, ${title}`
}

/** What came of a trial, as a line of its own. */
export function trialLine({ ratePerSec, goodputPerSec, responseTimeP99Ns, verdict, reasons }: CapacityTrial): string {
  const time = responseTimeP99Ns === null ? '' : `, p99 ${formatQuantity(responseTimeP99Ns, 'ns')}`
  if (ratePerSec === null) return `clients: ${rateText(goodputPerSec)}${time}\n`
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  return `${rateText(ratePerSec)}: ${verdict ?? ''}${time}${why}\n`
}
