import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

// Both keep idle connections, and ask the kernel to notice dead ones: a stream for notifications may be silent for hours.
const OVER_HTTP = { request: requestHttp, agent: new HttpAgent({ keepAlive: true }) }
const OVER_HTTPS = { request: requestHttps, agent: new HttpsAgent({ keepAlive: true }) }

/**
 * As much of `fetch` as the SDK's client transport uses: text out, JSON or an event stream back, no redirects followed.
 *
 * Node's own gives up after 5 minutes without headers or without the next byte, whatever `--request-timeout` allows, and
 * ends a stream for notifications that was silent as long. Its limits can be changed only with the undici package.
 */
export async function upstreamFetch(input: string | URL, init: RequestInit = {}): Promise<Response> {
  const incoming = await send(new URL(input), init)
  const { statusCode: status = 0, statusMessage: statusText = '' } = incoming
  const headers = new Headers(pairs(incoming.rawHeaders))
  return new Response(await bodyOf(incoming, headers), { status, statusText, headers })
}

export function isEventStream(headers: Headers): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') ?? false
}

function send(url: URL, { method = 'GET', headers, body, signal }: RequestInit): Promise<IncomingMessage> {
  const { request, agent } = url.protocol === 'https:' ? OVER_HTTPS : OVER_HTTP
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const options = { method, agent, headers: Object.fromEntries(new Headers(headers)), ...(signal && { signal }) }
  const outgoing = request(url, options, resolve)
  outgoing.on('error', reject)
  outgoing.end(typeof body === 'string' ? body : undefined)
  return promise
}

// What is not a stream is read here, to its end: a reply that is cancelled half-way takes its connection with it.
async function bodyOf(incoming: IncomingMessage, headers: Headers) {
  if (isEventStream(headers)) return Readable.toWeb(incoming)
  const body = await buffer(incoming)
  return body.length === 0 ? null : new Uint8Array(body)
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] ?? '', flat[2 * index + 1] ?? ''])
}
