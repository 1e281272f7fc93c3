import type { Series, Unit } from '../../run/index.ts'
import { seriesLabel } from '../series-label.ts'
import { linearAxis } from './axis.ts'
import type { Chart } from './chart.ts'
import { capitalised } from './sentence.ts'
import { highestIn, type LineLook, pickSeries, rangeOf, timeChart } from './time-chart.ts'

interface KeptChart {
  readonly part: string
  readonly title: string
  readonly unit: Unit
  readonly remark: string
  readonly looks: readonly LineLook[]
}

const CHARTS: readonly KeptChart[] = [
  {
    part: 'heap-left',
    title: 'What collections of garbage leave',
    unit: 'bytes',
    remark:
      'A point for each full collection, or for the one that left the least of each minute. This is what a leak is seen by.',
    looks: [{ name: 'targetHeapLeft', colour: 'blue', widthPx: 2, isSparse: true }],
  },
  {
    part: 'open',
    title: 'What it has open',
    unit: 'count',
    remark: '',
    looks: [
      { name: 'targetSockets', colour: 'blue', widthPx: 2 },
      { name: 'targetDescriptors', colour: 'orange', dash: [6, 4] },
      { name: 'targetHandles', colour: 'green', dash: [2, 3] },
    ],
  },
]

/** What a target's process kept over the time of a soak. */
export function keptCharts(series: readonly Series[], group: string): Chart[] {
  return CHARTS.flatMap(({ part, title, unit, remark, looks }) => {
    const known = pickSeries(series, looks)
    if (known === undefined) return []
    const words = known.map((each) => `${seriesLabel(each.name).replace('target’s ', '')} ${rangeOf(each)}`).join(', ')
    const y = linearAxis(highestIn(known), unit)
    const remarks = remark === '' ? [] : [remark]
    return [
      timeChart(known, { id: `kept-${part}`, group, title, summary: `${capitalised(words)}.`, remarks, y, looks }),
    ]
  })
}
