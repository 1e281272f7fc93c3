import type { Metric } from '../run/index.ts'
import { formatQuantity } from './format-quantity.ts'
import type { LoadView } from './load-view.ts'

/** What may have become of notifications, worst first; what did not happen is not told. */
const MISHAPS = [
  { name: 'lost', text: 'lost' },
  { name: 'twice', text: 'came twice' },
  { name: 'late', text: 'came after a later one' },
  { name: 'untimed', text: 'without a time of publishing' },
  { name: 'streamsLost', text: 'streams lost' },
] as const

const UPDATES = 'notifications/resources/updated'

/** What an MCP load has counted besides requests: a line each. Nothing when there is nothing. */
export function mcpLines(
  { find, findOfPart }: Pick<LoadView, 'find' | 'findOfPart'>,
  { unicode }: { readonly unicode: boolean },
): string[] {
  const count = (metric: Metric): string => metric.value.toLocaleString('en-US')
  const lines: string[] = []

  const progress = find('progressEvents')
  if (progress !== undefined) lines.push(`${count(progress)} progress events`)

  const arrived = findOfPart(UPDATES, 'arrived')
  if (arrived !== undefined) {
    const mishaps = MISHAPS.flatMap(({ name, text }) => {
      const metric = findOfPart(UPDATES, name)
      return metric === undefined || metric.value === 0 ? [] : [`${count(metric)} ${text}`]
    })
    lines.push([`${count(arrived)} notifications arrived`, ...mishaps].join(', '))
    const times = ['P50', 'P90', 'P99', 'P999'].flatMap((suffix) => {
      const metric = findOfPart(UPDATES, `deliveryTime${suffix}`)
      const label = suffix === 'P999' ? 'p99.9' : suffix.toLowerCase()
      return metric === undefined ? [] : [`${label} ${formatQuantity(metric.value, 'ns', { unicode })}`]
    })
    if (times.length > 0) lines.push(`from publishing to arrival: ${times.join(unicode ? ' · ' : ', ')}`)
  }
  return lines
}
