import { join } from 'node:path'
import { PerfKitError } from '../errors/index.ts'

/** What every file system can hold, on Windows too, and no path can hide in. */
const SAFE_NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/i
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

export function isSafeFileName(name: string): boolean {
  return SAFE_NAME.test(name) && !WINDOWS_DEVICE.test(name)
}

/**
 * Where a suite's baseline is kept: `<directory>/<environment id>/<suite>.json`.
 *
 * @throws {PerfKitError} `BASELINE_REFUSED` when a name could lead anywhere else
 */
export function baselineFile(directory: string, environmentId: string, suite: string): string {
  for (const [what, name] of [
    ['suite', suite],
    ['environment', environmentId],
  ] as const) {
    if (isSafeFileName(name)) continue
    throw new PerfKitError('BASELINE_REFUSED', `${what} ${JSON.stringify(name)} cannot be the name of a file`, {
      remedy: 'Use letters, digits, dots, dashes and underscores only, at most 100, and begin with a letter or digit.',
    })
  }
  return join(directory, environmentId, `${suite}.json`)
}
