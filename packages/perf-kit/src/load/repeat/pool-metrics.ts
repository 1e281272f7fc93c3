import type { Histogram } from 'hdr-histogram-js'
import { loadHistograms, type Metric, metricKey, type Run } from '../../run/index.ts'
import { buildHistogram } from '../histograms.ts'
import { ratioMetric } from '../load-metrics.ts'
import { quantileInterval } from '../quantile-interval.ts'
import { meanInterval } from '../seconds-interval.ts'
import { poolValue } from './pool-value.ts'

/** What is compared from one measurement to the next, of whatever subject. */
const COMPARED: ReadonlySet<string> = new Set([
  'goodput',
  'capacity',
  'errorRatio',
  'responseTimeP50',
  'responseTimeP99',
  'serviceTimeP50',
  'serviceTimeP99',
  'targetCpuPerRequest',
  'otherPrograms',
])

/** Metrics of all repetitions together: histograms are merged, counts added, and percentiles taken anew. */
export function poolMetrics(runs: readonly Run[]): Metric[] {
  const byKey = Map.groupBy(
    runs.flatMap(({ metrics }) => metrics),
    metricKey,
  )
  const histograms = new PooledHistograms(byKey)
  return [...byKey.values()].flatMap((own) => {
    const pooled = poolMetric(own, histograms, byKey)
    // One that a repetition lacks is not compared: it would be of other repetitions than its neighbours.
    const isCompared = COMPARED.has(pooled?.name ?? '') && own.length === runs.length
    return pooled === undefined ? [] : [isCompared ? { ...pooled, repetitions: own.map(({ value }) => value) } : pooled]
  })
}

type MetricsByKey = ReadonlyMap<string, readonly Metric[]>

function poolMetric(own: readonly Metric[], histograms: PooledHistograms, byKey: MetricsByKey): Metric | undefined {
  const [first] = own
  if (first === undefined) return undefined
  const { subject, name, evidence } = first
  if (evidence.kind === 'histogram') {
    const histogram = histograms.of({ subject, name })
    const data = loadHistograms().encodeIntoCompressedBase64(histogram)
    return { ...first, value: histogram.mean, evidence: { ...evidence, count: histogram.totalCount, data } }
  }
  if (evidence.kind === 'quantile') {
    const histogram = histograms.of({ subject, name: evidence.of })
    const { interval: _, ...rest } = first
    const interval = quantileInterval(histogram, evidence.quantileRatio)
    return {
      ...rest,
      value: histogram.getValueAtPercentile(100 * evidence.quantileRatio),
      ...(interval === undefined ? {} : { interval }),
      evidence: { ...evidence, count: histogram.totalCount },
    }
  }
  if (evidence.kind === 'proportion') return poolProportions(first, own)
  return poolRepetitions(first, own, byKey)
}

function poolProportions(first: Metric, own: readonly Metric[]): Metric {
  const proportions = own.flatMap(({ evidence }) => (evidence.kind === 'proportion' ? [evidence] : []))
  const sum = (key: 'part' | 'whole'): number => proportions.reduce((total, each) => total + each[key], 0)
  const { interval: _, ...rest } = first
  return { ...rest, ...ratioMetric(first.name, sum('part'), sum('whole')), gates: first.gates, better: first.better }
}

/** Counts, rates, and what a target's process was like: their evidence is a value a second, or one of the whole. */
function poolRepetitions(first: Metric, own: readonly Metric[], byKey: MetricsByKey): Metric {
  const { interval: _, ...rest } = first
  const value = poolValue(first, own, (name) => byKey.get(metricKey({ subject: first.subject, name }))?.length ?? 0)
  const values = own.flatMap(({ evidence }) => (evidence.kind === 'repetitions' ? evidence.values : []))
  const isPerSecond = own.some(({ evidence }) => evidence.kind === 'repetitions' && evidence.values.length > 1)
  const hasInterval = isPerSecond && own.every(({ interval }) => interval !== undefined)
  return {
    ...rest,
    value,
    ...(hasInterval ? { interval: meanInterval(value, values) } : {}),
    evidence: { kind: 'repetitions', values: first.unit === 'count' ? [value] : values },
  }
}

/** Each distribution of each subject, merged when it is first asked for: its percentiles need it too. */
class PooledHistograms {
  readonly #byKey: MetricsByKey
  readonly #merged = new Map<string, Histogram>()

  constructor(byKey: MetricsByKey) {
    this.#byKey = byKey
  }

  of(metric: Pick<Metric, 'subject' | 'name'>): Histogram {
    const key = metricKey(metric)
    const known = this.#merged.get(key)
    if (known !== undefined) return known
    const merged = buildHistogram()
    for (const { evidence } of this.#byKey.get(key) ?? []) {
      if (evidence.kind === 'histogram') merged.add(loadHistograms().decodeFromCompressedBase64(evidence.data))
    }
    this.#merged.set(key, merged)
    return merged
  }
}
