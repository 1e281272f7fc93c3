import type { LoadView } from '../load-view.ts'
import { mcpLines } from '../mcp-lines.ts'
import type { Repetitions } from '../repetition-rows.ts'
import { targetLines } from '../target-lines.ts'
import type { Chart } from './chart.ts'
import { distributionChart } from './distribution-chart.ts'
import { figureHtml } from './figure.ts'
import { keyFigures } from './headline.ts'
import { repetitionTable } from './repetition-table.ts'
import { responseChart } from './response-chart.ts'
import { html, type SafeHtml } from './safe-html.ts'
import { capitalised } from './sentence.ts'
import { outcomeTable, partTable, percentileTable, slowTable } from './tables.ts'
import { targetCharts } from './target-charts.ts'
import { failureChart, throughputChart } from './throughput-charts.ts'

export interface SubjectSection {
  readonly html: SafeHtml
  readonly charts: readonly Chart[]
}

/** Everything about one subject, from the figures that people ask for first to the whole distribution. */
export function subjectSection(view: LoadView, number: number, repetitions?: Repetitions): SubjectSection {
  const id = (part: string): string => `subject-${number}-${part}`
  const overTime = [
    throughputChart(view.series, id('throughput'), id('time')),
    failureChart(view.series, id('failures'), id('time')),
    responseChart(view.series, id('response'), id('time')),
  ].filter((chart) => chart !== undefined)
  const distribution = distributionChart(view, id('distribution'))
  const inside = targetCharts(view.series, id, id('time'))
  const drawn = [...overTime, ...(distribution === undefined ? [] : [distribution]), ...inside]
  return {
    charts: drawn,
    html: html`<section aria-labelledby="${id('title')}">
<h2 id="${id('title')}" class="subject">${view.subject}</h2>
${keyFigures(view)}${repetitions === undefined ? '' : repetitionTable(repetitions, id('repetitions'))}${missing(
  view,
  overTime.length > 0,
  distribution !== undefined,
).map(
  (what) => html`<p class="missing">${what}</p>
`,
)}${drawn.map(figureHtml)}${insideTarget(view)}${remarks(mcpLines(view, { unicode: true }))}${tables(view, id)}</section>
`,
  }
}

/** What a reader would look for, and why it is not there. A capacity, which is one number, lacks nothing. */
function missing({ times, outcomes }: LoadView, hasSeries: boolean, hasDistribution: boolean): string[] {
  if (times.length === 0 && outcomes.length === 0) return []
  return [
    ...(hasSeries ? [] : ['This Run holds nothing second by second, so that there is no chart over time.']),
    ...(hasDistribution ? [] : ['This Run holds no distribution of times that can be read.']),
  ]
}

function insideTarget({ find }: LoadView): SafeHtml {
  return remarks(targetLines(find, { unicode: true }).filter((line) => line !== ''))
}

function remarks(lines: readonly string[]): SafeHtml {
  return html`${lines.map(
    (line) => html`<p class="remark">${capitalised(line.trim())}</p>
`,
  )}`
}

function tables({ times, parts, outcomes, slow }: LoadView, id: (part: string) => string): SafeHtml[] {
  const section = (part: string, title: string, table: SafeHtml): SafeHtml =>
    html`<h3 id="${id(part)}">${title}</h3>
${table}`
  return [
    ...(times.length === 0 ? [] : [section('percentiles', 'Percentiles', percentileTable(times, id('percentiles')))]),
    ...(parts.length === 0 ? [] : [section('parts', 'Operations', partTable(parts, id('parts')))]),
    ...(slow === undefined ? [] : [section('slow', 'The slowest', slowTable(slow))]),
    ...(outcomes.length === 0
      ? []
      : [section('outcomes', 'What became of the requests', outcomeTable(outcomes, id('outcomes')))]),
  ]
}
