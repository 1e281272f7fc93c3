import { connect } from 'node:net'
import { PerfKitError } from '../errors/index.ts'
import { portOf, type TargetProcess } from '../target/index.ts'
import type { LeaksFlags } from './leaks-flags.ts'
import { withDrivingDefaults } from './load-defaults.ts'
import { type PlacedTarget, provisionalUrl, startTarget, urlOf } from './own-target.ts'
import { type RequestFiles, readRequestFiles } from './request-files.ts'
import { sweptTarget } from './sweep-target.ts'
import { withTargetDefaults, withTargetFiles } from './target-defaults.ts'

/** What is to be started, and how it is asked. */
export interface HuntedCommand {
  readonly flags: LeaksFlags
  readonly files: RequestFiles
  /** of the right form, to find out what is wrong with the flags before anything is started */
  readonly provisionalUrl: string
  readonly start: (signal: AbortSignal) => Promise<TargetProcess>
  readonly urlOf: (started: TargetProcess) => string
}

/**
 * The command that was given, or the configuration's.
 *
 * @throws {PerfKitError} `LOAD_INVALID`, `LOAD_FILE_INVALID`
 */
export async function huntedCommand(words: readonly string[], given: LeaksFlags): Promise<HuntedCommand> {
  const givenFiles = await readRequestFiles(given)
  const { url, own, load } = await sweptTarget(words, given.config)
  if (own === undefined) {
    throw new PerfKitError('LOAD_INVALID', `${url} was started by somebody else, and nobody can look into it`, {
      remedy: `Give what starts it: perf-kit leaks ${url} -- node server.js.`,
    })
  }
  const files = await withTargetFiles(own, given, givenFiles)
  const asked = withTargetDefaults(own, given)
  return {
    flags: load === undefined ? asked : withDrivingDefaults(load, asked, { hasRate: given.rate !== undefined, files }),
    files,
    provisionalUrl: provisionalUrl(own.target),
    start: async (signal) => await start(own, signal),
    urlOf: (started) => urlOf(own.target, started),
  }
}

/** Who listens there already would be taken for it, and driven in its place. */
async function start(own: PlacedTarget, signal: AbortSignal): Promise<TargetProcess> {
  const { url } = own.target
  if (url !== undefined && (await isTaken(url))) {
    throw new PerfKitError('LOAD_INVALID', `somebody listens at ${url} before the target is started`, {
      remedy: 'End what listens there, or have the target listen elsewhere.',
    })
  }
  return await startTarget(own, { hasAgent: true, traceable: true, signal })
}

async function isTaken(url: string): Promise<boolean> {
  const { hostname } = new URL(url)
  const socket = connect({ port: portOf(url) ?? 0, host: hostname.replace(/^\[|\]$/g, '') })
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
  } finally {
    socket.destroy()
  }
}
