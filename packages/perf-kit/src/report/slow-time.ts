import type { Metric } from '../run/index.ts'
import { formatQuantity } from './format-quantity.ts'

/** Where the time of the slowest hundredth went, as far as there is telling. */
export interface SlowTime {
  readonly from: Metric
  readonly count: number
  readonly episodes: number
  readonly parts: readonly SlowPart[]
}

export interface SlowPart {
  /** of the requests' time; may hold what a target has said */
  readonly label: string
  readonly share: Metric | undefined
  readonly excess: Metric | undefined
}

interface Style {
  readonly unicode: boolean
}

const SHARE = 'slowShare '
const EXCESS = 'slowExcess '
/** Less than this is in nobody's way. */
const SHOWN_FROM_RATIO = 0.005

const MEANINGS: Readonly<Record<string, string>> = {
  generator: 'late sending (ours)',
  connection: 'wait for a connection',
  untold: 'rest of the wait (network, and what it does not tell)',
  receiving: 'receiving the answer',
}

/** @returns `undefined` where there is no telling */
export function slowTime(metrics: readonly Metric[]): SlowTime | undefined {
  const byName = new Map(metrics.map((metric) => [metric.name, metric]))
  const from = byName.get('slowFrom')
  if (from === undefined) return undefined
  const names = metrics.filter(({ name }) => name.startsWith(SHARE)).map(({ name }) => name.slice(SHARE.length))
  const parts = names.map((name) => ({
    label: meaning(name),
    share: byName.get(`${SHARE}${name}`),
    excess: byName.get(`${EXCESS}${name}`),
  }))
  return {
    from,
    count: byName.get('slowRequests')?.value ?? 0,
    episodes: byName.get('slowEpisodes')?.value ?? 0,
    parts: parts.filter(({ share, excess }) =>
      [share, excess].some((metric) => Math.abs(metric?.value ?? 0) >= SHOWN_FROM_RATIO),
    ),
  }
}

export function slowTitle({ from, count, episodes }: SlowTime, style: Style): string {
  const groups = `${episodes} ${episodes === 1 ? 'group' : 'groups'}`
  return `Slowest 1 %, from ${formatQuantity(from.value, 'ns', style)}: where their time went (${count} of them looked at, which came in ${groups})`
}

/** `71 % (64 to 78)` */
export function shareText(metric: Metric | undefined, { unicode }: Style): string {
  if (metric === undefined) return ''
  const { value, interval } = metric
  const percent = (ratio: number): string => {
    const text = (100 * ratio).toFixed(0)
    return unicode ? text.replace('-', '−') : text
  }
  const text = `${percent(value)} %`
  return interval === undefined ? text : `${text} (${percent(interval.low)} to ${percent(interval.high)})`
}

function meaning(name: string): string {
  return Object.hasOwn(MEANINGS, name) ? (MEANINGS[name] ?? name) : name.replace(/^target /, 'target: ')
}
