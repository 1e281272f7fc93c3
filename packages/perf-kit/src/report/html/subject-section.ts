import type { LoadView } from '../load-view.ts'
import type { Chart } from './chart.ts'
import { distributionChart } from './distribution-chart.ts'
import { figureHtml } from './figure.ts'
import { keyFigures } from './headline.ts'
import { html, type SafeHtml } from './safe-html.ts'
import { outcomeTable, percentileTable } from './tables.ts'
import { failureChart, responseChart, throughputChart } from './time-charts.ts'

export interface SubjectSection {
  readonly html: SafeHtml
  readonly charts: readonly Chart[]
}

/** Everything about one subject, from the figures that people ask for first to the whole distribution. */
export function subjectSection(view: LoadView, number: number): SubjectSection {
  const id = (part: string): string => `subject-${number}-${part}`
  const overTime = [
    throughputChart(view.series, id('throughput'), id('time')),
    failureChart(view.series, id('failures'), id('time')),
    responseChart(view.series, id('response'), id('time')),
  ].filter((chart) => chart !== undefined)
  const distribution = distributionChart(view, id('distribution'))
  const noSeries = html`<p class="missing">This Run holds nothing second by second, so that there is no chart over time.</p>
`
  const noDistribution = html`<p class="missing">This Run holds no distribution of times that can be read.</p>
`
  return {
    charts: [...overTime, ...(distribution === undefined ? [] : [distribution])],
    html: html`<section aria-labelledby="${id('title')}">
<h2 id="${id('title')}" class="subject">${view.subject}</h2>
${keyFigures(view)}${overTime.length === 0 ? noSeries : overTime.map(figureHtml)}${distribution === undefined ? noDistribution : figureHtml(distribution)}<h3 id="${id('percentiles')}">Percentiles</h3>
${percentileTable(view.times, id('percentiles'))}<h3 id="${id('outcomes')}">What became of the requests</h3>
${outcomeTable(view.outcomes, id('outcomes'))}</section>
`,
  }
}
