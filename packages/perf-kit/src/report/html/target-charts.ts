import type { Series, Unit } from '../../run/index.ts'
import { seriesLabel } from '../series-label.ts'
import { linearAxis } from './axis.ts'
import type { Chart } from './chart.ts'
import { capitalised } from './sentence.ts'
import { highestIn, type LineLook, pickSeries, rangeOf, timeChart } from './time-chart.ts'

interface TargetChart {
  readonly part: string
  readonly title: string
  readonly unit: Unit
  readonly looks: readonly LineLook[]
}

const CHARTS: readonly TargetChart[] = [
  {
    part: 'target-busy',
    title: 'Inside the target: how busy',
    unit: 'ratio',
    looks: [
      { name: 'targetCpu', colour: 'blue', widthPx: 2 },
      { name: 'targetLoopBusy', colour: 'orange', dash: [6, 4] },
      { name: 'targetGcShare', colour: 'pink', dash: [2, 3] },
    ],
  },
  {
    part: 'target-memory',
    title: 'Inside the target: memory',
    unit: 'bytes',
    looks: [
      { name: 'targetRss', colour: 'blue', widthPx: 2 },
      { name: 'targetHeapUsed', colour: 'orange', dash: [6, 4] },
    ],
  },
]

/** What the target's process was like meanwhile, when something looked inside. */
export function targetCharts(series: readonly Series[], id: (part: string) => string, group: string): Chart[] {
  return CHARTS.flatMap(({ part, title, unit, looks }) => {
    const known = pickSeries(series, looks)
    if (known === undefined) return []
    const words = known.map((each) => `${shortLabel(each)} ${rangeOf(each)}`).join(', ')
    const y = linearAxis(highestIn(known), unit)
    return [timeChart(known, { id: id(part), group, title, summary: `${capitalised(words)}.`, y, looks })]
  })
}

/** The title says whose. */
function shortLabel({ name }: Series): string {
  return seriesLabel(name).replace('target’s ', '')
}
