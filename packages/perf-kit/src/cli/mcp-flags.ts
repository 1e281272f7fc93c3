import { type Command, InvalidArgumentError, Option } from 'commander'
import { PerfKitError } from '../errors/index.ts'
import type { LoadOptions, McpSessionOptions } from '../load/index.ts'
import { MCP_VERSIONS, STATELESS_VERSION } from '../protocol/index.ts'
import { parseDurationNs } from '../units/index.ts'
import { jsonObjectOption } from './level-options.ts'
import { parseMix } from './mix-text.ts'
import { collect, countOption } from './option-values.ts'

const HTTP_FLAGS = [
  { key: 'method', flag: '--method' },
  { key: 'body', flag: '--body' },
  { key: 'bodyFile', flag: '--body-file' },
  { key: 'bodySize', flag: '--body-size' },
  { key: 'requests', flag: '--requests' },
  { key: 'requestModule', flag: '--request-module' },
] as const

/** What is asked where no MCP is spoken. */
export type HttpFlags = { readonly [Key in (typeof HTTP_FLAGS)[number]['key']]?: unknown }

/** Whether flags say what is asked over plain HTTP. */
export function asksHttp(flags: HttpFlags): boolean {
  return HTTP_FLAGS.some(({ key }) => flags[key] !== undefined)
}

export interface McpFlags {
  readonly mcp?: boolean
  readonly call?: string
  readonly arguments?: object
  readonly mix?: readonly string[]
  readonly sessionRequests?: number
  readonly progress?: boolean
  readonly cancel?: McpSessionOptions['cancel']
  readonly subscribe?: readonly string[]
  readonly protocolVersion?: McpSessionOptions['protocolVersion']
}

/** What `load.target.mcp` of the configuration says; nothing of it is MCP's when the flags are not. */
export type McpWish = { readonly [Key in keyof Omit<McpFlags, 'mix' | 'cancel'>]?: McpFlags[Key] | undefined } & {
  readonly mix?: string | readonly string[] | undefined
  readonly cancel?: McpSessionOptions['cancel'] | string | undefined
}

export function addMcpOptions(command: Command): Command {
  return command
    .option('--mcp', 'speak MCP: a session on each connection, and pings unless --call or --mix says otherwise')
    .option('--call <tool>', 'of MCP: call this tool')
    .option('--arguments <json>', 'of the tool: a JSON object', jsonObjectOption)
    .option(
      '--mix <operations>',
      "of MCP: drawn by weight, 'call echo=8, list=1, ping=1'; may be given several times",
      collect,
    )
    .option(
      '--session-requests <count>',
      'of MCP: a session ends after so many, and another opens',
      countOption(2 ** 31 - 1),
    )
    .option('--progress', 'of MCP: ask tools for progress, and count it')
    .option('--cancel <share@delay>', 'of MCP: cancel this share of calls after a while: 5%@200ms', cancelOption)
    .option('--subscribe <uri>', 'of MCP: each session hears of this resource; may be given several times', collect)
    .addOption(
      new Option('--protocol-version <revision>', 'of MCP (default: what the server answers)').choices([
        ...MCP_VERSIONS,
      ]),
    )
}

/** @throws {PerfKitError} `LOAD_INVALID` for flags that do not go together */
export function refuseMixedProtocols(flags: McpFlags & HttpFlags): void {
  const { mcp, call, mix, arguments: given } = flags
  if (mcp !== true && (mcpSessionOf(flags) !== undefined || [call, mix, given].some((flag) => flag !== undefined))) {
    throw invalid(
      '--call, --arguments, --mix, --session-requests, --progress, --cancel, --subscribe and --protocol-version are for MCP',
      'Give --mcp with them.',
    )
  }
  const ofHttp = HTTP_FLAGS.filter(({ key }) => flags[key] !== undefined).map(({ flag }) => flag)
  if (mcp === true && ofHttp.length > 0) {
    throw invalid(`of plain HTTP, and not of MCP: ${ofHttp.join(', ')}`, 'Leave that out, or --mcp.')
  }
  if (mix !== undefined && call !== undefined) {
    throw invalid(
      '--call asks one thing, and --mix several',
      'Put the tool into the mix: --mix \'call echo {"message":"hello"}=8, ping\'.',
    )
  }
  if (given !== undefined && call === undefined) {
    throw invalid('--arguments are those of a tool', 'Name the tool with --call.')
  }
}

/** What sessions ask. */
export function mcpOf({ mcp, call, mix, protocolVersion, arguments: given = {} }: McpWish): LoadOptions['mcp'] {
  if (mcp !== true) return undefined
  if (mix !== undefined) return parseMix([mix].flat())
  if (call !== undefined) return { method: 'tools/call', params: { name: call, arguments: given } }
  // There are no pings any more; what a server is comes nearest.
  return { method: protocolVersion === STATELESS_VERSION ? 'server/discover' : 'ping', params: {} }
}

/** How sessions go; nothing when nothing says so. */
export function mcpSessionOf({
  sessionRequests,
  progress,
  cancel,
  subscribe,
  protocolVersion,
}: McpWish): McpSessionOptions | undefined {
  const session: McpSessionOptions = {
    ...(sessionRequests === undefined ? {} : { requestsPerSession: sessionRequests }),
    ...(progress === undefined ? {} : { progress }),
    ...(protocolVersion === undefined ? {} : { protocolVersion }),
    ...(subscribe === undefined ? {} : { subscribe }),
    ...(cancel === undefined ? {} : { cancel: typeof cancel === 'string' ? readCancel(cancel) : cancel }),
  }
  return Object.keys(session).length === 0 ? undefined : session
}

function readCancel(text: string): NonNullable<McpSessionOptions['cancel']> {
  const read = parseCancel(text)
  if (read !== undefined) return read
  throw invalid(`load.target.mcp.cancel: "${text}" is no share of calls and a delay`, `Write ${CANCEL_EXAMPLE}.`)
}

const CANCEL_EXAMPLE = 'a share and a delay, such as 5%@200ms'

/** For commander: `5%@200ms`. */
function cancelOption(text: string): NonNullable<McpSessionOptions['cancel']> {
  const read = parseCancel(text)
  if (read === undefined) throw new InvalidArgumentError(`Write ${CANCEL_EXAMPLE}.`)
  return read
}

function parseCancel(text: string): McpSessionOptions['cancel'] {
  const [, percentText = '', delayText = ''] = /^(\d+(?:\.\d+)?)%@(.+)$/.exec(text.trim()) ?? []
  const afterNs = parseDurationNs(delayText)
  return percentText === '' || afterNs === undefined ? undefined : { shareRatio: Number(percentText) / 100, afterNs }
}

function invalid(message: string, remedy: string): PerfKitError {
  return new PerfKitError('LOAD_INVALID', message, { remedy })
}
