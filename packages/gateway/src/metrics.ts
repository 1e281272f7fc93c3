export const OPENMETRICS_CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

export type Labels = Readonly<Record<string, string>>

/** Name, help and unit of a metric family; the unit, if any, must be the name's last part. */
export interface FamilyInfo {
  readonly name: string
  readonly help: string
  readonly unit?: string
}

/** One metric family in OpenMetrics text: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export interface MetricFamily {
  render(): string
}

export class Counter implements MetricFamily {
  readonly #info: FamilyInfo
  readonly #values = new Map<string, number>()

  constructor(info: FamilyInfo) {
    this.#info = info
  }

  add(amount = 1, labels?: Labels): void {
    const key = renderLabels(labels)
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount)
  }

  render(): string {
    const samples = Array.from(this.#values, ([labels, value]) => `${this.#info.name}_total${labels} ${value}\n`)
    return header(this.#info, 'counter') + samples.join('')
  }
}

/** Read at the moment of the scrape. */
export class Gauge implements MetricFamily {
  readonly #info: FamilyInfo
  readonly #read: () => Iterable<readonly [value: number, labels?: Labels]>

  constructor(info: FamilyInfo, read: () => Iterable<readonly [value: number, labels?: Labels]>) {
    this.#info = info
    this.#read = read
  }

  render(): string {
    const samples = Array.from(
      this.#read(),
      ([value, labels]) => `${this.#info.name}${renderLabels(labels)} ${value}\n`,
    )
    return header(this.#info, 'gauge') + samples.join('')
  }
}

interface Buckets {
  readonly counts: number[]
  sum: number
}

export class Histogram implements MetricFamily {
  readonly #info: FamilyInfo
  readonly #bounds: readonly number[]
  readonly #buckets = new Map<string, Buckets>()

  /** @param bounds - upper bounds, inclusive, ascending, finite; `+Inf` is added */
  constructor(info: FamilyInfo, bounds: readonly number[]) {
    this.#info = info
    this.#bounds = [...bounds, Number.POSITIVE_INFINITY]
  }

  observe(value: number, labels?: Labels): void {
    const key = innerLabels(labels)
    let buckets = this.#buckets.get(key)
    if (buckets === undefined) {
      buckets = { counts: this.#bounds.map(() => 0), sum: 0 }
      this.#buckets.set(key, buckets)
    }
    const index = this.#bounds.findIndex((bound) => value <= bound)
    buckets.counts[index] = (buckets.counts[index] ?? 0) + 1
    buckets.sum += value
  }

  render(): string {
    const { name } = this.#info
    let text = header(this.#info, 'histogram')
    for (const [labels, { counts, sum }] of this.#buckets) {
      const prefix = labels === '' ? '' : `${labels},`
      let cumulative = 0
      this.#bounds.forEach((bound, index) => {
        cumulative += counts[index] ?? 0
        text += `${name}_bucket{${prefix}le="${renderBound(bound)}"} ${cumulative}\n`
      })
      const braced = labels === '' ? '' : `{${labels}}`
      text += `${name}_count${braced} ${cumulative}\n${name}_sum${braced} ${sum}\n`
    }
    return text
  }
}

/** The whole exposition, with the end mark by which a scraper knows that nothing is missing. */
export function renderOpenMetrics(families: Iterable<MetricFamily>): string {
  return `${Array.from(families, (family) => family.render()).join('')}# EOF\n`
}

function header({ name, help, unit }: FamilyInfo, type: string): string {
  const unitLine = unit === undefined ? '' : `# UNIT ${name} ${unit}\n`
  return `# TYPE ${name} ${type}\n${unitLine}# HELP ${name} ${escapeText(help)}\n`
}

// OpenMetrics wants canonical numbers in `le`: integers with ".0".
function renderBound(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf'
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound)
}

function renderLabels(labels: Labels | undefined): string {
  const inner = innerLabels(labels)
  return inner === '' ? '' : `{${inner}}`
}

function innerLabels(labels: Labels | undefined): string {
  if (labels === undefined) return ''
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeText(value)}"`)
    .join(',')
}

function escapeText(text: string): string {
  return text.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))
}
