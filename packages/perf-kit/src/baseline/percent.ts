const MINUS = '−'

/** A change in words: `+12.4 %`, `−8 %`, `0 %`. One decimal below 100 %, none where it would be a zero. */
export function signedPercent(ratio: number): string {
  const percent = ratio * 100
  const digits = Math.abs(percent) >= 100 ? 0 : 1
  const magnitude = Math.abs(percent).toFixed(digits).replace(/\.0$/, '')
  if (magnitude === '0') return '0 %'
  return `${percent < 0 ? MINUS : '+'}${magnitude} %`
}
