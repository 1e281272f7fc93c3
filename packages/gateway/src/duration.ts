const FACTOR_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * Reads `5ms`, `1.5s`, `2m`.
 *
 * @returns ms; undefined when the text is no duration
 */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text)
  const factor = FACTOR_MS[match?.[2] ?? '']
  return factor === undefined ? undefined : Number(match?.[1]) * factor
}
