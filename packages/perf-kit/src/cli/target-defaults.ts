import { resolve } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import { JSON_HEADER, saysType } from './json-type.ts'
import type { RequestFlags } from './load-flags.ts'
import { asksHttp, mcpSessionOf } from './mcp-flags.ts'
import type { PlacedTarget, TargetConfig } from './own-target.ts'
import { type RequestFiles, readRequestFiles } from './request-files.ts'
import { withoutGaps } from './without-gaps.ts'

/**
 * Flags, and where they leave it open, what `load.target` of the configuration says. A flag that says what is asked replaces all that
 * the configuration asks; headers are added up, and how it is spoken is each flag's own affair.
 */
export function withTargetDefaults<Flags extends RequestFlags>(configured: PlacedTarget, flags: Flags): Flags {
  const { target } = configured
  const asked = asksOtherwise(target, flags) ? {} : askedOf(configured)
  const spoken = flags.http2 === false ? {} : { http2: target.http2, streams: target.streams }
  const header = withBodyType(target, asked, [...headerTexts(target, flags.header ?? []), ...(flags.header ?? [])])
  const known = withoutGaps({ agent: target.agent, ...spoken, ...asked })
  return withMcpDefaults(target, { ...known, ...flags, ...(header.length === 0 ? {} : { header }) })
}

/**
 * What stands in the files that the configuration names, beside that of flags.
 *
 * @throws {PerfKitError} `LOAD_FILE_INVALID` for a file that cannot be used
 */
export async function withTargetFiles(
  { target, rootDirectory }: PlacedTarget,
  flags: RequestFlags,
  files: RequestFiles,
): Promise<RequestFiles> {
  const { requests, bodyFile, data } = target
  if (asksOtherwise(target, flags)) {
    refuseLostRows(target, flags)
    return files
  }
  const named = {
    ...(bodyFile === undefined ? {} : { bodyFile: resolve(rootDirectory, bodyFile) }),
    ...(data === undefined || flags.data !== undefined ? {} : { data: resolve(rootDirectory, data) }),
  }
  return { ...(await readRequestFiles(named)), ...(requests === undefined ? {} : { requests }), ...files }
}

/** Whether flags ask for something else than the configuration does. */
function asksOtherwise({ mcp }: TargetConfig, flags: RequestFlags): boolean {
  const asksMcp = flags.call !== undefined || flags.mix !== undefined || (flags.mcp === true && mcp === undefined)
  return asksHttp(flags) || asksMcp
}

function askedOf({ target, rootDirectory }: PlacedTarget): object {
  const { method, body, bodySize, requestModule } = target
  return {
    method,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    bodySize,
    requestModule: requestModule === undefined ? undefined : resolve(rootDirectory, requestModule),
  }
}

/** @param asked - what of the configuration is asked */
function withBodyType({ body }: TargetConfig, asked: object, headers: readonly string[]): readonly string[] {
  const isJson = 'body' in asked && typeof body === 'object'
  return isJson && !saysType(headers) ? [...headers, JSON_HEADER] : headers
}

/** Those of the configuration whose name no flag has. */
function headerTexts({ headers = {} }: TargetConfig, given: readonly string[]): string[] {
  const names = new Set(given.map((text) => text.split(':', 1)[0]?.toLowerCase()))
  return Object.entries(headers).flatMap(([name, value]) =>
    names.has(name.toLowerCase()) ? [] : [`${name}: ${value}`],
  )
}

const TAKES_ROW = /\{\{(?!payload )/

/** What is sent with any request would be sent as it stands, `{{token}}` and all; headers that a flag replaces are not sent. */
function refuseLostRows(target: TargetConfig, flags: RequestFlags): void {
  const { data, url = '' } = target
  const { header = [] } = flags
  if (data === undefined || flags.data !== undefined) return
  if (![url, ...headerTexts(target, header), ...header].some((text) => TAKES_ROW.test(text))) return
  throw new PerfKitError(
    'LOAD_INVALID',
    'load.target.data are left out, because flags say what is asked, and its url or headers take values from them',
    { remedy: `Give --data ${data} as well.` },
  )
}

/** A target that speaks MCP is asked in MCP, for what it names unless a flag does. */
function withMcpDefaults<Flags extends RequestFlags>({ mcp }: TargetConfig, flags: Flags): Flags {
  if (mcp === undefined) return flags
  const { call, mix, arguments: given, cancel, ...session } = mcp
  const isAsked = flags.call !== undefined || flags.mix !== undefined
  const asked = { call, arguments: given, mix: mix === undefined ? undefined : [mix] }
  const known = { ...session, cancel: mcpSessionOf({ cancel })?.cancel, ...(isAsked ? {} : asked) }
  return { ...withoutGaps(known), ...flags, mcp: true }
}
