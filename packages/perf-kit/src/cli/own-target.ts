import { type LoadedConfig, loadConfig } from '../config/index.ts'
import { PerfKitError } from '../errors/index.ts'
import { portOf, TargetProcess } from '../target/index.ts'

/** Of a target, and of how it is driven. */
export type LoadConfig = LoadedConfig['config']['load']
export type TargetConfig = NonNullable<LoadConfig['target']>

/** A target that is started, and the folder that its files are named from. */
export interface PlacedTarget {
  readonly target: TargetConfig
  readonly rootDirectory: string
}

/** A target of ours, and the project that it belongs to. */
export interface ConfiguredTarget extends PlacedTarget {
  readonly load: LoadConfig
  readonly baselines: LoadedConfig['config']['baselines']
}

/**
 * What the configuration says is to be driven when no URL is given.
 *
 * @throws {PerfKitError} `LOAD_INVALID` when it says nothing
 */
export async function configuredTarget(configFile: string | undefined): Promise<ConfiguredTarget> {
  const { config, rootDirectory } = await loadConfig(process.cwd(), configFile)
  const { load, baselines } = config
  if (load.target !== undefined) return { target: load.target, load, baselines, rootDirectory }
  throw new PerfKitError('LOAD_INVALID', 'there is nothing to drive: no URL, and no load.target in the configuration', {
    remedy: 'Give a URL, such as http://127.0.0.1:8080/, or a target in perf-kit.config.ts; see docs/load.md.',
  })
}

/** A target that the command line names, driven as the configuration drives its own, and kept among its baselines. */
export async function commandedTarget(target: TargetConfig, configFile: string | undefined): Promise<ConfiguredTarget> {
  const { config } = await loadConfig(process.cwd(), configFile)
  return { target, load: config.load, baselines: config.baselines, rootDirectory: process.cwd() }
}

/** A URL of the right form, to find out what is wrong with the flags before anything is started. */
export function provisionalUrl({ url }: TargetConfig): string {
  return url ?? 'http://127.0.0.1/'
}

export interface StartWishes {
  /** look inside it */
  readonly hasAgent: boolean
  /** a folder for what lies on its heap when that comes near its limit */
  readonly snapshotAtLimit?: string | undefined
  /** so that what it keeps can be traced to code */
  readonly traceable?: boolean
  readonly signal: AbortSignal
  /** it ends when this process does, however that ends; default no */
  readonly isKept?: boolean
}

/** Where its configuration is, from wherever it is asked for: as its files are named, so are its command's. */
export async function startTarget(
  { target, rootDirectory }: PlacedTarget,
  { hasAgent, snapshotAtLimit, traceable = false, isKept = false, signal }: StartWishes,
): Promise<TargetProcess> {
  const port = target.url === undefined ? undefined : portOf(target.url)
  return await TargetProcess.start({
    command: target.command,
    cwd: rootDirectory,
    agent: hasAgent && (port === undefined || { port }),
    traceable,
    ready: target.ready,
    readyTimeoutNs: target.readyTimeout,
    stopTimeoutNs: target.stopTimeout,
    ...(snapshotAtLimit === undefined ? {} : { snapshotAtLimit }),
    signal,
    isKept,
  })
}

/** What a server says that listens everywhere, where nobody can be asked on every system. */
const EVERYWHERE = /\/\/(?:0\.0\.0\.0|\[::\])/

/** @throws {PerfKitError} `CONFIG_INVALID` when neither the configuration nor the target says */
export function urlOf(target: TargetConfig, started: TargetProcess): string {
  const url =
    target.url ??
    started.url?.replace(EVERYWHERE, '//127.0.0.1') ??
    ('http' in target.ready ? target.ready.http : undefined)
  if (url !== undefined) return url
  throw withoutUrl()
}

/** Before it is started. @throws {PerfKitError} `CONFIG_INVALID` when neither the configuration nor the target could say */
export function refuseWithoutUrl({ url, ready }: TargetConfig): void {
  if (url !== undefined || 'http' in ready || ('log' in ready && hasGroup(ready.log))) return
  throw withoutUrl()
}

/** An alternative that always matches has the groups of the others. */
function hasGroup(pattern: RegExp): boolean {
  return (new RegExp(`${pattern.source}|`).exec('')?.length ?? 0) > 1
}

function withoutUrl(): PerfKitError {
  return new PerfKitError('CONFIG_INVALID', 'load.target has no url, and its log line tells none', {
    remedy: 'Put the URL into a group of the pattern, /listening on (\\S+)/, or give load.target.url.',
  })
}
