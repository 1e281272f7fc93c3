import type { Series } from '../../run/index.ts'
import { seriesLabel } from '../series-label.ts'
import { logAxis } from './axis.ts'
import type { Chart } from './chart.ts'
import { highestIn, type LineLook, lowestPositiveIn, pickSeries, rangeOf, timeChart } from './time-chart.ts'

const TIMES = [
  { name: 'responseTime', title: 'Response time over time' },
  // Of an engine that does not know when requests were due.
  { name: 'serviceTime', title: 'Service time over time' },
] as const

/** How long answers took, of all that came in during each second. */
export function responseChart(series: readonly Series[], id: string, group: string): Chart | undefined {
  for (const { name, title } of TIMES) {
    const looks = looksOf(name)
    const known = pickSeries(series, looks)
    const lowest = known === undefined ? undefined : lowestPositiveIn(known)
    if (known === undefined || lowest === undefined) continue
    return timeChart(known, {
      id,
      group,
      title,
      summary: `${known.map((each) => `${shortLabel(each)} ${rangeOf(each)}`).join(', ')}.`,
      remarks: ['Logarithmic scale.'],
      y: logAxis(lowest, highestIn(known), 'ns'),
      looks,
    })
  }
  return undefined
}

function looksOf(name: string): readonly LineLook[] {
  return [
    { name: `${name}P50`, colour: 'blue', widthPx: 2 },
    { name: `${name}P99`, colour: 'orange' },
    { name: `${name}Max`, colour: 'grey', dash: [2, 3] },
  ]
}

/** `p50`, `slowest`: the title says of what. */
function shortLabel({ name }: Series): string {
  return seriesLabel(name).replace(/^(response|service) time,? /, '')
}
