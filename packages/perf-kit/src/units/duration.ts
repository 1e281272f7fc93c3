const NS_PER: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
}

/**
 * Duration from what people write: `250ms`, `30s`, `1.5m`, `1h30m`.
 *
 * @returns ns (integer), or `undefined` when the text is no positive duration with a unit. A bare number is none:
 * whether 30 means seconds or milliseconds is a guess, and a wrong guess is a wrong measurement.
 */
export function parseDurationNs(text: string): number | undefined {
  const compact = text.trim()
  if (!/^(?:\d+(?:\.\d+)?[a-zµ]+)+$/.test(compact)) return undefined
  let totalNs = 0
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)([a-zµ]+)/g)) {
    const nsPerUnit = unit !== undefined && Object.hasOwn(NS_PER, unit) ? NS_PER[unit] : undefined
    if (nsPerUnit === undefined) return undefined
    totalNs += Number(amount) * nsPerUnit
  }
  const rounded = Math.round(totalNs)
  return Number.isSafeInteger(rounded) && rounded > 0 ? rounded : undefined
}
