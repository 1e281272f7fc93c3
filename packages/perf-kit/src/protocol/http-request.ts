import { PerfKitError } from '../errors/index.ts'
import type { HttpEndpoint } from './http-endpoint.ts'

export type RequestFields = Readonly<Record<string, string>>

/** One request as it will be sent, any number of times: encoded once, because that is most of its cost. */
export interface EncodedRequest {
  readonly bytes: Uint8Array
  /**
   * The same, a character a byte, where it never changes and is short: Node writes a short text without allocating for it, which
   * was 14 % more requests a second.
   */
  readonly text?: string
  /** where in `bytes` the body begins; their length when there is none */
  readonly bodyFrom: number
  /** what follows the bytes, where that is long and the same for many requests: never copied. Without a text then */
  readonly tail?: Uint8Array
  /** what HTTP/2 has in place of lines, names in lower case; it needs no length */
  readonly fields: RequestFields
  /** false when the answer to it has no body whatever its headers say */
  readonly expectsBody: boolean
}

export interface RequestOptions {
  readonly method: string
  /** with its query; default: the endpoint's */
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** the rest of the body, for many requests in one piece of memory */
  readonly tail?: Uint8Array
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Visible ASCII, space, tab and Latin-1: what goes out as one byte each, and cannot end the line. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const PATH = /^[\x21-\x7e]+$/
/** Ours to say: two of them, or another, would leave the target in doubt where the request ends. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection'])
const LENGTH = 'Content-Length: '
const LINE_END = '\r\n'
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE'])

/**
 * @throws {PerfKitError} `REQUEST_INVALID` for what would not be one request on the wire: a line break in a header, a
 * blank in a path, a length of one's own
 */
export function encodeRequest(endpoint: HttpEndpoint, options: RequestOptions): EncodedRequest {
  const { method, body, tail } = options
  const { lines, fields } = headOf(endpoint, options)
  if (body !== undefined || !WITHOUT_BODY.has(method)) {
    const lengthBytes = `${(body?.length ?? 0) + (tail?.length ?? 0)}`
    lines.push(`${LENGTH}${lengthBytes}`)
    fields.set('content-length', lengthBytes)
  }
  const head = Buffer.from(`${lines.join(LINE_END)}${LINE_END}${LINE_END}`, 'latin1')
  return {
    bytes: body === undefined ? head : Buffer.concat([head, body]),
    ...(tail === undefined ? {} : { tail }),
    bodyFrom: head.length,
    fields: Object.fromEntries(fields),
    expectsBody: method !== 'HEAD',
  }
}

/** The head of requests that differ in their bodies only. */
export interface EncodedHead {
  /** up to the length of the body, which is to follow with two ends of a line */
  readonly text: string
  readonly fields: RequestFields
}

/** @throws {PerfKitError} as `encodeRequest` does */
export function encodeHead(endpoint: HttpEndpoint, options: Omit<RequestOptions, 'body'>): EncodedHead {
  const { lines, fields } = headOf(endpoint, options)
  return { text: [...lines, LENGTH].join(LINE_END), fields: Object.fromEntries(fields) }
}

interface Head {
  readonly lines: string[]
  readonly fields: Map<string, string>
}

function headOf(endpoint: HttpEndpoint, { method, headers = {}, path = endpoint.path }: RequestOptions): Head {
  if (!TOKEN.test(method)) throw invalid(`${JSON.stringify(method)} is no HTTP method`)
  if (!PATH.test(path)) throw invalid(`the path ${JSON.stringify(path)} has blanks or other bytes that must be escaped`)
  const given = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), { name, value }]))
  const lines = [`${method} ${path} HTTP/1.1`]
  const fields = new Map([
    [':method', method],
    [':path', path],
    [':scheme', endpoint.isSecure ? 'https' : 'http'],
    [':authority', given.get('host')?.value ?? endpoint.host],
  ])
  if (!given.has('host')) lines.push(`Host: ${endpoint.host}`)
  if (endpoint.authorization !== undefined && !given.has('authorization')) {
    lines.push(`Authorization: ${endpoint.authorization}`)
    fields.set('authorization', endpoint.authorization)
  }
  for (const [key, { name, value }] of given) {
    if (!TOKEN.test(name)) throw invalid(`${JSON.stringify(name)} is no header name`)
    if (OWN_HEADERS.has(key)) throw invalid(`the header ${name} is set by the client itself`)
    // Its value is left out: it may be a token.
    if (!isHeaderValue(value)) throw invalid(`the value of the header ${name} has bytes that a header cannot carry`)
    lines.push(`${name}: ${value}`)
    // Blanks around a value are malformed in HTTP/2 (RFC 9113 §8.2.1), and mean nothing in HTTP/1.1.
    if (key !== 'host') fields.set(key, value.trim())
  }
  return { lines, fields }
}

/** About the connection, which HTTP/2 has frames for: a request that has them is malformed there (RFC 9113 §8.2.2). */
const OF_CONNECTION: ReadonlySet<string> = new Set(['keep-alive', 'proxy-connection', 'upgrade', 'http2-settings'])

/** @returns the names of headers that HTTP/2 has no place for */
export function headersOfConnection(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name, value]) => {
      const key = name.toLowerCase()
      return OF_CONNECTION.has(key) || (key === 'te' && value.trim() !== 'trailers')
    })
    .map(([name]) => name)
}

/** Whether a header can carry it: a line break, and what is no byte, cannot go there. */
export function isHeaderValue(value: string): boolean {
  return FIELD_VALUE.test(value)
}

/** What Node writes from its stack; beyond it a text is copied like bytes, and has been converted for nothing. */
const SHORT_BYTES = 8192

/** For requests that are sent as they are, any number of times. */
export function withText(request: EncodedRequest): EncodedRequest {
  const bytes = Buffer.from(request.bytes)
  return bytes.length > SHORT_BYTES ? { ...request, bytes } : { ...request, bytes, text: bytes.toString('latin1') }
}

function invalid(message: string): PerfKitError {
  return new PerfKitError('REQUEST_INVALID', message, { remedy: 'Correct the request; see docs/load.md.' })
}
