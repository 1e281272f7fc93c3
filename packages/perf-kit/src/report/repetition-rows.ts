import type { Comparison, Verdict } from '../baseline/index.ts'
import { type Metric, partOf, type Run } from '../run/index.ts'
import { median } from '../stats/index.ts'
import { formatQuantity } from './format-quantity.ts'
import { verdictWords } from './verdict-words.ts'

/** One metric of several repetitions, and what the baseline says of it. */
export interface RepetitionRow {
  /** its name; of a part, with the part's */
  readonly label: string
  readonly median: string
  /** from the least to the most of all repetitions */
  readonly range: string
  /** empty when nothing was compared */
  readonly words: string
  readonly verdict: Verdict | undefined
}

export interface Repetitions {
  /** `5 repetitions` */
  readonly title: string
  readonly rows: readonly RepetitionRow[]
}

interface RowStyle {
  readonly unicode: boolean
}

const OTHERS = 'otherPrograms'
const LABELS: Readonly<Record<string, string>> = {
  goodput: 'succeeded',
  capacity: 'succeeded',
  errorRatio: 'failed',
  responseTimeP50: 'response time p50',
  responseTimeP99: 'response time p99',
  serviceTimeP50: 'service time p50',
  serviceTimeP99: 'service time p99',
  targetCpuPerRequest: 'CPU a request',
  [OTHERS]: 'other programs',
}

/**
 * What is known of each repetition of a subject and its parts.
 *
 * @param comparison - of the Run with the baseline, if it was held against one
 * @returns `undefined` for what was measured once
 */
export function repetitionsOf(
  { metrics }: Pick<Run, 'metrics'>,
  whole: string,
  comparison: Comparison | undefined,
  style: RowStyle,
): Repetitions | undefined {
  const rows = metrics.flatMap((metric) => {
    const part = metric.subject === whole ? '' : partOf(whole, metric.subject)
    return part === undefined ? [] : toRow(metric, part, comparison, style)
  })
  const count = Math.max(0, ...metrics.map(({ repetitions }) => repetitions?.length ?? 0))
  const title = `${count} ${count === 1 ? 'repetition' : 'repetitions'}`
  return rows.length === 0 ? undefined : { title, rows }
}

function toRow(metric: Metric, part: string, comparison: Comparison | undefined, style: RowStyle): RepetitionRow[] {
  const { name, unit, subject, repetitions } = metric
  if (repetitions === undefined) return []
  const label = Object.hasOwn(LABELS, name) ? (LABELS[name] ?? name) : name
  const show = (value: number): string => formatQuantity(value, unit, style)
  const [least, most] = [show(Math.min(...repetitions)), show(Math.max(...repetitions))]
  // What others did is no verdict on the target: it says what verdicts are worth.
  const verdict =
    name === OTHERS ? undefined : comparison?.verdicts.find((each) => each.subject === subject && each.metric === name)
  return [
    {
      label: part === '' ? label : `${part}: ${label}`,
      median: show(median(repetitions)),
      range: least === most ? '' : `${least} to ${most}`,
      words: name === OTHERS ? '' : wordsOf(verdict, comparison, style),
      verdict,
    },
  ]
}

function wordsOf(verdict: Verdict | undefined, comparison: Comparison | undefined, style: RowStyle): string {
  if (verdict === undefined) return comparison === undefined || comparison.against.kind === 'nothing' ? '' : 'new'
  const words = verdictWords(verdict, { ...style, detail: 'full' })
  return verdict.gates ? words : `${words}, as advice`
}
