/** How long the same scenarios go on: nothing else differs between profiles. */
const PROFILES = {
  /** seconds, in CI */
  smoke: { shortMs: 2_000, sustainedMs: 4_000, longMs: 4_000 },
  /** minutes, before a release */
  standard: { shortMs: 15_000, sustainedMs: 180_000, longMs: 300_000 },
  /** the mission's hour */
  nightly: { shortMs: 60_000, sustainedMs: 3_600_000, longMs: 3_600_000 },
  /** the mission's eight hours */
  full: { shortMs: 60_000, sustainedMs: 3_600_000, longMs: 28_800_000 },
} as const

const SMOKE_TIMEOUT_MS = 300_000
const SLACK_MS = 120_000

export type Profile = (typeof PROFILES)[keyof typeof PROFILES]

/** @throws {Error} when `PERF_PROFILE` names none: an hour that was asked for must not pass after seconds */
export function profileOf(env: NodeJS.ProcessEnv): Profile {
  const name = env['PERF_PROFILE'] ?? 'smoke'
  if (!isProfile(name)) throw new Error(`PERF_PROFILE=${name}: there are ${Object.keys(PROFILES).join(', ')}`)
  return PROFILES[name]
}

/** A test drives at most two of the longest loads, one after the other. */
export function timeoutMsOf(profile: Profile): number {
  return Math.max(SMOKE_TIMEOUT_MS, 2 * profile.longMs + SLACK_MS)
}

function isProfile(name: string): name is keyof typeof PROFILES {
  return Object.hasOwn(PROFILES, name)
}
