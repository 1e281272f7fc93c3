import type { McpRequests } from '../mcp-plan.ts'
import { withPayloads, withPayloadsInBytes, withPayloadsInJson } from './payloads.ts'
import type { WeightedRequest } from './weighted-request.ts'

/** What of a load's options may have a text of some size in it. */
interface Asked {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly mcp?: McpRequests
  readonly requests?: readonly WeightedRequest[]
}

/** The same options, with texts in the place of `{{payload 10kB}}`. */
export function withPayloadsOf<Options extends Asked>(options: Options): Options {
  const { url, headers, body, mcp, requests } = options
  return {
    ...options,
    url: withPayloads(url),
    ...(headers === undefined ? {} : { headers: headersWithPayloads(headers) }),
    ...(body === undefined ? {} : { body: withPayloadsInBytes(body) }),
    ...(mcp === undefined ? {} : { mcp: mcpWithPayloads(mcp) }),
    ...(requests === undefined ? {} : { requests: requests.map(requestWithPayloads) }),
  }
}

function mcpWithPayloads(mcp: McpRequests): McpRequests {
  if ('method' in mcp) return { ...mcp, params: withPayloadsInJson(mcp.params) }
  return mcp.map((operation) => ({ ...operation, params: withPayloadsInJson(operation.params) }))
}

function requestWithPayloads(request: WeightedRequest): WeightedRequest {
  const { path, headers, body } = request
  return {
    ...request,
    ...(path === undefined ? {} : { path: withPayloads(path) }),
    ...(headers === undefined ? {} : { headers: headersWithPayloads(headers) }),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? withPayloads(body) : withPayloadsInBytes(body) }),
  }
}

function headersWithPayloads(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, withPayloads(value)]))
}
