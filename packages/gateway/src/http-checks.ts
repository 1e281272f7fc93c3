import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { type RequestId, SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js'
import { SERVER_ERROR, SESSION_NOT_FOUND } from './rpc-error.ts'

/** Why a request is not served: HTTP status, and the JSON-RPC error in the body. */
export interface Refusal {
  readonly status: number
  readonly code: number
  readonly message: string
}

type Headers = IncomingHttpHeaders

export const UNKNOWN_SESSION: Refusal = { status: 404, code: SESSION_NOT_FOUND, message: 'Session not found' }
export const SHUTTING_DOWN: Refusal = { status: 503, code: SERVER_ERROR, message: 'Service Unavailable: shutting down' }

const LOCAL_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * A page in a browser can reach 127.0.0.1 under a name of its own (DNS rebinding). It cannot forge Host or Origin, so
 * both must name this machine.
 */
export function checkHost(headers: Headers): Refusal | undefined {
  const { host = '', origin } = headers
  if (!LOCAL_HOSTS.has(hostname(host))) return refusal(403, `Forbidden: Host ${host} is not this machine`)
  if (origin === undefined || LOCAL_HOSTS.has(hostname(origin.replace(/^https?:\/\//, '')))) return undefined
  return refusal(403, `Forbidden: Origin ${origin} is not this machine`)
}

export function checkPost(headers: Headers): Refusal | undefined {
  const accept = headers.accept ?? ''
  if (!accept.includes('application/json') || !accept.includes('text/event-stream')) {
    return refusal(406, 'Not Acceptable: Client must accept both application/json and text/event-stream')
  }
  const mediaType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (mediaType !== 'application/json') {
    return refusal(415, 'Unsupported Media Type: Content-Type must be application/json')
  }
  return checkProtocolVersion(headers)
}

export function checkGet(headers: Headers): Refusal | undefined {
  if (!headers.accept?.includes('text/event-stream')) {
    return refusal(406, 'Not Acceptable: Client must accept text/event-stream')
  }
  return checkProtocolVersion(headers)
}

/** A missing header is fine: the version is known from the session's initialize. */
export function checkProtocolVersion(headers: Headers): Refusal | undefined {
  const version = headers['mcp-protocol-version']
  if (version === undefined || (typeof version === 'string' && SUPPORTED_PROTOCOL_VERSIONS.includes(version))) {
    return undefined
  }
  return refusal(
    400,
    `Bad Request: Unsupported protocol version: ${version} (supported versions: ${SUPPORTED_PROTOCOL_VERSIONS.join(', ')})`,
  )
}

export function refusal(status: number, message: string, code: number = SERVER_ERROR): Refusal {
  return { status, code, message }
}

export function refuse(res: ServerResponse, { status, code, message }: Refusal, id: RequestId | null = null): void {
  sendJson(res, status, JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }))
}

export function sendJson(
  res: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  if (res.destroyed || res.writableEnded) return
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  res.end(body)
}

function hostname(authority: string): string {
  return authority.replace(/:\d*$/, '').toLowerCase()
}
