const NS_PER_MS = 1e6
/** What a server says of itself is read for some requests of a load: a header is not a place for more. */
const LONGEST = 4096

const NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const PARAMETER = new RegExp(`;[ \\t]*(${NAME})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${NAME}))?[ \\t]*`, 'y')
const METRIC = new RegExp(`[ \\t,]*(${NAME})[ \\t]*`, 'y')

/**
 * What a server took its time for (W3C Server Timing, §4): `db;dur=53.2, app;desc="a, b";dur=47`. Of a parameter that comes
 * twice the first counts; what has no duration is left out, and what is no list of metrics ends the reading.
 *
 * @returns name and duration in ns
 */
export function parseServerTiming(value: string): (readonly [name: string, durationNs: number])[] {
  const timings: (readonly [string, number])[] = []
  if (value.length > LONGEST) return timings
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

/** Milliseconds with decimals. Not a number: −1, which is left out, but taken as said. */
function durationOf(text: string | undefined): number {
  const durationNs = text === undefined || text === '' ? Number.NaN : Number(text) * NS_PER_MS
  return Number.isFinite(durationNs) ? durationNs : -1
}
