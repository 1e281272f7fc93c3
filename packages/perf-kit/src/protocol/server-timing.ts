const NS_PER_MS = 1e6
/** What a server says of itself is read for some requests of a load: a header is not a place for more. */
const LONGEST = 4096

const NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const PARAMETER = new RegExp(`;[ \\t]*(${NAME})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${NAME}))?[ \\t]*`, 'y')
const METRIC = new RegExp(`[ \\t,]*(${NAME})[ \\t]*`, 'y')

type Timing = readonly [name: string, durationNs: number]

/**
 * What a server took its time for (W3C Server Timing, §4): `db;dur=53.2, app;desc="a, b";dur=47`. Of a parameter that comes
 * twice the first counts; what has no duration is left out, and what is no list of metrics ends the reading.
 *
 * @returns name and duration in ns
 */
export function parseServerTiming(value: string): Timing[] {
  const timings: Timing[] = []
  if (value.length > LONGEST) return timings
  const plain = plainTimings(value)
  if (plain !== undefined) return plain
  let at = 0
  while (at < value.length) {
    METRIC.lastIndex = at
    const name = METRIC.exec(value)?.[1]
    if (name === undefined) return timings
    at = METRIC.lastIndex
    let durationNs: number | undefined
    for (;;) {
      PARAMETER.lastIndex = at
      const found = PARAMETER.exec(value)
      if (found === null) break
      at = PARAMETER.lastIndex
      if (durationNs === undefined && found[1]?.toLowerCase() === 'dur') durationNs = durationOf(found[2] ?? found[3])
    }
    if (durationNs !== undefined && durationNs >= 0) timings.push([name, durationNs])
    if (at < value.length && value[at] !== ',') return timings
  }
  return timings
}

const PLAIN = /([!#$%&'*+.^_`|~0-9A-Za-z-]+);dur=(\d{1,15}(?:\.\d{1,15})?)(?:, ?|$)/y

/** As most servers write it: `db;dur=53.2, app;dur=47`. Anything else: nothing, and it is read word by word. */
function plainTimings(value: string): Timing[] | undefined {
  const timings: Timing[] = []
  PLAIN.lastIndex = 0
  while (PLAIN.lastIndex < value.length) {
    const [, name, durationMs] = PLAIN.exec(value) ?? []
    if (name === undefined) return undefined
    timings.push([name, Number(durationMs) * NS_PER_MS])
  }
  return timings
}

/** Milliseconds with decimals. Not a number: −1, which is left out, but taken as said. */
function durationOf(text: string | undefined): number {
  const durationNs = text === undefined || text === '' ? Number.NaN : Number(text) * NS_PER_MS
  return Number.isFinite(durationNs) ? durationNs : -1
}
