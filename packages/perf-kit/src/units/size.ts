const BYTES_PER: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
}

/**
 * Size from what people write: `512MiB`, `2GB`, `100B`. Units are case-insensitive; kB is 1000 bytes, KiB is 1024.
 *
 * @returns bytes (integer), or `undefined` when the text is no positive size with a unit
 */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim())
  const unit = match?.[2]?.toLowerCase()
  if (unit === undefined || !Object.hasOwn(BYTES_PER, unit)) return undefined
  const bytes = Math.round(Number(match?.[1]) * (BYTES_PER[unit] ?? Number.NaN))
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined
}
