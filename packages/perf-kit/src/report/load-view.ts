import { type Metric, partOf, partSubject, type Run, type Series } from '../run/index.ts'
import { type OutcomeMeaning, outcomeMeaning } from './outcome-meaning.ts'
import { type SlowTime, slowTime } from './slow-time.ts'

/** What every format of a load's report tells of one subject, whatever it looks like. */
export interface LoadView {
  readonly subject: string
  readonly goodput: Metric | undefined
  readonly errorRatio: Metric | undefined
  readonly notSentRatio: Metric | undefined
  readonly times: readonly TimeRow[]
  readonly outcomes: readonly OutcomeRow[]
  readonly slow: SlowTime | undefined
  readonly series: readonly Series[]
  /** what it consists of, such as the operations of a mix */
  readonly parts: readonly PartView[]
  /** any metric, by its name */
  readonly find: (name: string) => Metric | undefined
  /** any metric of a part, by both names */
  readonly findOfPart: (part: string, name: string) => Metric | undefined
}

/** One of the things that a whole consists of. */
export interface PartView {
  /** its own, within the whole */
  readonly name: string
  readonly requests: number
  /** as `QUANTILES` */
  readonly quantiles: readonly (Metric | undefined)[]
  readonly errorRatio: Metric | undefined
}

/** A distribution of times: the metric that has it, and those of its percentiles. */
export interface TimeRow {
  readonly name: string
  readonly label: string
  /** empty for a time that this version does not know */
  readonly meaning: string
  readonly whole: Metric
  /** as `QUANTILES`; `undefined` for what the Run does not have */
  readonly quantiles: readonly (Metric | undefined)[]
}

export interface OutcomeRow extends OutcomeMeaning {
  readonly outcome: string
  readonly count: number
  /** of all requests that ended */
  readonly shareRatio: number
}

interface TimeFacts {
  readonly name: string
  readonly label: string
  readonly meaning: string
}

/** What users wait for first, and what explains it below. */
const TIMES: readonly TimeFacts[] = [
  {
    name: 'responseTime',
    label: 'response time',
    meaning: 'from when a request was due to the last byte of its answer, its waiting included: what a user feels',
  },
  { name: 'responseTimeOk', label: 'of successes', meaning: 'the same, of requests that succeeded' },
  {
    name: 'serviceTime',
    label: 'service time',
    meaning: 'from when a request was really sent to the last byte of its answer',
  },
  { name: 'waitingTime', label: 'waiting', meaning: 'from when a request was really sent to the head of its answer' },
  { name: 'receivingTime', label: 'receiving', meaning: 'from the head of an answer to its last byte' },
  { name: 'connectTime', label: 'connect', meaning: 'from asking for a connection until it was there' },
  {
    name: 'dnsTime',
    label: 'name lookup',
    meaning: 'the part of connecting in which the host’s address was looked up',
  },
  { name: 'tcpTime', label: 'TCP', meaning: 'the part of connecting in which the target’s system answered' },
  { name: 'tlsTime', label: 'TLS', meaning: 'the part of connecting in which both sides agreed on keys' },
  {
    name: 'settingsTime',
    label: 'HTTP/2 settings',
    meaning: 'the part of connecting in which the target said how it speaks HTTP/2',
  },
  {
    name: 'sessionOpenTime',
    label: 'session open',
    meaning: 'from asking for a session until requests that count could be sent, its connection included',
  },
  { name: 'sendLag', label: 'send lag (ours)', meaning: 'how late the generator itself came to what was due' },
]

export const QUANTILES = [
  { suffix: 'P50', header: 'p50' },
  { suffix: 'P90', header: 'p90' },
  { suffix: 'P95', header: 'p95' },
  { suffix: 'P99', header: 'p99' },
  { suffix: 'P999', header: 'p99.9' },
] as const

const OUTCOME = 'outcome '

/** One view a subject, in the order in which the Run names them; parts are in the view of their whole. */
export function loadViews(run: Run): LoadView[] {
  const bySubject = Map.groupBy(run.metrics, ({ subject }) => subject)
  const isPart = (subject: string): boolean =>
    [...bySubject.keys()].some((whole) => partOf(whole, subject) !== undefined)
  return [...bySubject].flatMap(([subject, metrics]) => {
    if (isPart(subject)) return []
    const find = finder(metrics)
    return {
      subject,
      goodput: find('goodput') ?? find('capacity'),
      errorRatio: find('errorRatio'),
      notSentRatio: find('notSentRatio'),
      times: timeRows(metrics),
      outcomes: outcomeRows(metrics),
      slow: slowTime(metrics),
      series: (run.series ?? []).filter((series) => series.subject === subject),
      parts: partViews(bySubject, subject),
      find,
      findOfPart: (part: string, name: string) =>
        bySubject.get(partSubject(subject, part))?.find((metric) => metric.name === name),
    }
  })
}

function finder(metrics: readonly Metric[]): (name: string) => Metric | undefined {
  return (name) => metrics.find((metric) => metric.name === name)
}

function partViews(bySubject: ReadonlyMap<string, readonly Metric[]>, whole: string): PartView[] {
  return [...bySubject].flatMap(([subject, metrics]) => {
    const name = partOf(whole, subject)
    const find = finder(metrics)
    const response = find('responseTime')
    if (name === undefined || response === undefined) return []
    return {
      name,
      requests: countOf(response),
      quantiles: QUANTILES.map(({ suffix }) => find(`responseTime${suffix}`)),
      errorRatio: find('errorRatio'),
    }
  })
}

export function findTime({ times }: Pick<LoadView, 'times'>, name: string): TimeRow | undefined {
  return times.find((row) => row.name === name)
}

/** What is told first: of an engine that does not know when requests were due, that is the service time. */
export function mainTime(view: Pick<LoadView, 'times'>): TimeRow | undefined {
  return findTime(view, 'responseTime') ?? findTime(view, 'serviceTime')
}

/** Requests in a distribution. */
export function countOf(metric: Metric | undefined): number {
  return metric?.evidence.kind === 'histogram' ? metric.evidence.count : 0
}

/** Known times in their order, then whatever else has a distribution, by the name it has. */
function timeRows(metrics: readonly Metric[]): TimeRow[] {
  const byName = new Map(metrics.map((metric) => [metric.name, metric]))
  const known = new Set(TIMES.map(({ name }) => name))
  const others = metrics
    .filter(({ name, unit, evidence }) => unit === 'ns' && evidence.kind === 'histogram' && !known.has(name))
    .map(({ name }): TimeFacts => ({ name, label: name, meaning: '' }))
  const rows = [...TIMES, ...others].flatMap((facts): TimeRow[] => {
    const whole = byName.get(facts.name)
    if (whole === undefined) return []
    return [{ ...facts, whole, quantiles: QUANTILES.map(({ suffix }) => byName.get(`${facts.name}${suffix}`)) }]
  })
  // Of a load in which nothing failed, successes are all there is.
  return rows.filter(
    ({ name, whole }) => name !== 'responseTimeOk' || countOf(whole) !== countOf(byName.get('responseTime')),
  )
}

/** What happened between requests, or beside them, is told among outcomes and is none of a request. */
function isRequest(name: string): boolean {
  return !name.endsWith(' between requests') && !name.startsWith(`${OUTCOME}CANCELLATION `)
}

/** Successes first, then what came most often. */
function outcomeRows(metrics: readonly Metric[]): OutcomeRow[] {
  const own = metrics.filter(({ name }) => name.startsWith(OUTCOME))
  const total = own.reduce((sum, { name, value }) => (isRequest(name) ? sum + value : sum), 0)
  return own
    .map(({ name, value }) => {
      const outcome = name.slice(OUTCOME.length)
      return { outcome, count: value, shareRatio: total === 0 ? 0 : value / total, ...outcomeMeaning(outcome) }
    })
    .toSorted((left, right) => Number(right.succeeded) - Number(left.succeeded) || right.count - left.count)
}
