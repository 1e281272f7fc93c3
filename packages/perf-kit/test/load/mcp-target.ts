import { type Exchange, type ScriptedTarget, scriptedTarget } from './scripted-target.ts'

export interface McpRequest {
  readonly verb: string
  readonly headers: ReadonlyMap<string, string>
  readonly message: { readonly id?: number; readonly method?: string; readonly params?: Record<string, unknown> }
}

export function readRequest({ text }: Exchange): McpRequest {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return { verb: first.split(' ')[0] ?? '', headers, message: body === '' ? {} : JSON.parse(body) }
}

export function reply(status: string, body = '', headers: readonly string[] = []): string {
  const lines = [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

export const json = (id: unknown, content: object, ...headers: string[]): string =>
  reply('200 OK', JSON.stringify({ jsonrpc: '2.0', id, ...content }), ['Content-Type: application/json', ...headers])

export const stream = (...events: string[]): string =>
  reply('200 OK', events.join(''), ['Content-Type: text/event-stream'])
export const event = (message: object): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`

interface SessionScript {
  /** when it has been accepted that the session is there */
  readonly onInitialized?: (request: McpRequest, socket: Exchange['socket']) => void
  readonly farewell?: string
  readonly onFarewell?: (request: McpRequest) => void
}

/** A server that opens sessions as it should; calls are answered by the script. */
export async function mcpTarget(
  answer: (request: McpRequest, number: number, socket: Exchange['socket']) => string,
  { onInitialized, farewell = reply('200 OK'), onFarewell }: SessionScript = {},
): Promise<ScriptedTarget & { readonly seen: readonly McpRequest[] }> {
  const seen: McpRequest[] = []
  let sessions = 0
  let calls = 0
  const target = await scriptedTarget((exchange) => {
    const request = readRequest(exchange)
    seen.push(request)
    const { verb, message } = request
    if (message.method === 'initialize') {
      const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'scripted', version: '1' } }
      exchange.socket.write(json(message.id, { result }, `Mcp-Session-Id: session-${++sessions}`))
    } else if (message.method === 'notifications/initialized') {
      exchange.socket.write(reply('202 Accepted'))
      onInitialized?.(request, exchange.socket)
    } else if (verb === 'DELETE') {
      onFarewell?.(request)
      exchange.socket.write(farewell)
    } else exchange.socket.write(answer(request, calls++, exchange.socket))
  })
  return { ...target, seen }
}

/** A tool's result, whatever was asked. */
export const well = ({ message }: McpRequest): string => json(message.id, { result: { content: [] } })
