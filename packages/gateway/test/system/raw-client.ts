export interface RawReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** For a request on a connection of its own, which goes to whichever process is next. */
export const ON_ITS_OWN = { headers: { connection: 'close' } }

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 'init',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '0' } },
}

/** Speaks MCP by hand: for what a well-behaved client would not do, or not show. */
export class RawClient {
  readonly url: string
  sessionId: string | undefined

  constructor(url: string) {
    this.url = url
  }

  static async initialize(url: string, init?: RequestInit): Promise<RawClient> {
    const client = new RawClient(url)
    const { headers } = await client.post(INITIALIZE, init)
    client.sessionId = headers.get('mcp-session-id') ?? undefined
    await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' }, init)
    return client
  }

  post(body: unknown, init: RequestInit = {}): Promise<RawReply> {
    return this.send({ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...init })
  }

  call(id: string | number, name: string, args: object = {}, init?: RequestInit): Promise<RawReply> {
    return this.post({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } }, init)
  }

  async send(init: RequestInit): Promise<RawReply> {
    const response = await this.open(init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  /** The response as soon as its headers are there. */
  open(init: RequestInit): Promise<Response> {
    return fetch(this.url, { ...init, headers: { ...this.headers, ...Object.fromEntries(new Headers(init.headers)) } })
  }

  /** What each request says, with its session. */
  get headers(): Record<string, string> {
    return { ...HEADERS, ...(this.sessionId !== undefined && { 'mcp-session-id': this.sessionId }) }
  }
}

/** A session's process, by the number that its id begins with. */
export function processOf({ sessionId = '' }: RawClient): number {
  return Number(sessionId.split('.', 1)[0])
}

/** The JSON beside an MCP endpoint. */
export async function readHealth(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(new URL('/health', url))
  const body: unknown = await response.json()
  return { httpStatus: response.status, ...(typeof body === 'object' ? body : {}) }
}

export async function readMetrics(url: string): Promise<RawReply> {
  const response = await fetch(new URL('/metrics', url))
  return { status: response.status, headers: response.headers, text: await response.text() }
}
