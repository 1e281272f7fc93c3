const NS_PER_SEC = 1e9
const SEC_PER_MIN = 60
const SEC_PER_HOUR = 3600

/** A moment of a run, from its beginning: `0:05`, `12:30`, `1:02:03`; with tenths where seconds are split. */
export function formatElapsed(fromStartNs: number): string {
  const tenths = Math.round(fromStartNs / (NS_PER_SEC / 10))
  const seconds = Math.floor(tenths / 10)
  const fraction = tenths % 10 === 0 ? '' : `.${tenths % 10}`
  const hours = Math.floor(seconds / SEC_PER_HOUR)
  const minutes = Math.floor((seconds % SEC_PER_HOUR) / SEC_PER_MIN)
  const minutesText = hours === 0 ? String(minutes) : `${hours}:${String(minutes).padStart(2, '0')}`
  return `${minutesText}:${String(seconds % SEC_PER_MIN).padStart(2, '0')}${fraction}`
}

/** How long something lasted, in words of a person: `850 ms`, `12.3 s`, `8 h 0 min`. */
export function formatLasting(durationNs: number): string {
  const seconds = Math.round(durationNs / NS_PER_SEC)
  if (seconds < 2 * SEC_PER_MIN) {
    const [factor, unit] = durationNs < NS_PER_SEC ? [1e6, 'ms'] : [NS_PER_SEC, 's']
    return `${Number((durationNs / factor).toPrecision(3))} ${unit}`
  }
  if (seconds < SEC_PER_HOUR) return `${Math.floor(seconds / SEC_PER_MIN)} min ${seconds % SEC_PER_MIN} s`
  return `${Math.floor(seconds / SEC_PER_HOUR)} h ${Math.floor((seconds % SEC_PER_HOUR) / SEC_PER_MIN)} min`
}
