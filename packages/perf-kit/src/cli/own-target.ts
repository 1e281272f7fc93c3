import { type LoadedConfig, loadConfig } from '../config/index.ts'
import { PerfKitError } from '../errors/index.ts'
import { portOf, TargetProcess } from '../target/index.ts'
import type { RequestFlags } from './load-flags.ts'
import { asksHttp, mcpSessionOf } from './mcp-flags.ts'
import type { RequestFiles } from './request-files.ts'

export type TargetConfig = NonNullable<LoadedConfig['config']['load']['target']>

/** A target of ours, and the project that it belongs to. */
export interface ConfiguredTarget {
  readonly target: TargetConfig
  readonly baselines: LoadedConfig['config']['baselines']
  readonly rootDirectory: string
}

/**
 * What the configuration says is to be driven when no URL is given.
 *
 * @throws {PerfKitError} `LOAD_INVALID` when it says nothing
 */
export async function configuredTarget(configFile: string | undefined): Promise<ConfiguredTarget> {
  const { config, rootDirectory } = await loadConfig(process.cwd(), configFile)
  const { target } = config.load
  if (target !== undefined) return { target, baselines: config.baselines, rootDirectory }
  throw new PerfKitError('LOAD_INVALID', 'there is nothing to drive: no URL, and no load.target in the configuration', {
    remedy: 'Give a URL, such as http://127.0.0.1:8080/, or a target in perf-kit.config.ts; see docs/load.md.',
  })
}

/** What flags leave open the configuration says: a target that speaks MCP is asked in MCP, for what it names unless a flag does. */
export function withTargetDefaults<Flags extends RequestFlags>({ mcp }: TargetConfig, flags: Flags): Flags {
  if (mcp === undefined) return flags
  const { call, mix, arguments: given, cancel, ...session } = mcp
  const isAsked = flags.call !== undefined || flags.mix !== undefined
  const asked = { call, arguments: given, mix: mix === undefined ? undefined : [mix] }
  const known = { ...session, cancel: mcpSessionOf({ cancel })?.cancel, ...(isAsked ? {} : asked) }
  return { ...withoutGaps(known), ...flags, mcp: true }
}

/** Requests of the configuration are asked for unless flags ask for something else. */
export function withTargetRequests({ requests }: TargetConfig, flags: RequestFlags, files: RequestFiles): RequestFiles {
  return requests === undefined || flags.mcp === true || asksHttp(flags) ? files : { ...files, requests }
}

/** What is not given is left out, so that it covers nothing. */
function withoutGaps(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** A URL of the right form, to find out what is wrong with the flags before anything is started. */
export function provisionalUrl({ url }: TargetConfig): string {
  return url ?? 'http://127.0.0.1/'
}

export interface StartWishes {
  /** look inside it */
  readonly hasAgent: boolean
  readonly signal: AbortSignal
}

export async function startTarget(target: TargetConfig, { hasAgent, signal }: StartWishes): Promise<TargetProcess> {
  const port = target.url === undefined ? undefined : portOf(target.url)
  return await TargetProcess.start({
    command: target.command,
    agent: hasAgent && (port === undefined || { port }),
    ready: target.ready,
    readyTimeoutNs: target.readyTimeout,
    stopTimeoutNs: target.stopTimeout,
    signal,
  })
}

/** @throws {PerfKitError} `CONFIG_INVALID` when neither the configuration nor the target says */
export function urlOf(target: TargetConfig, started: TargetProcess): string {
  const url = target.url ?? started.url ?? ('http' in target.ready ? target.ready.http : undefined)
  if (url !== undefined) return url
  throw new PerfKitError('CONFIG_INVALID', 'load.target has no url, and its log line tells none', {
    remedy: 'Put the URL into a group of the pattern, /listening on (\\S+)/, or give load.target.url.',
  })
}
