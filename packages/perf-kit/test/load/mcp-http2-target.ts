import { type Http2Asked, type Http2TargetOptions, http2Target } from './http2-target.ts'

interface Message {
  readonly id?: number
  readonly method?: string
}

interface Seen {
  readonly verb: string
  readonly session: string
  readonly method: string | undefined
}

interface McpHttp2Script extends Pick<Http2TargetOptions, 'speaksOn'> {
  /** instead of letting a session end */
  readonly onFarewell?: (asked: Http2Asked) => void
}

/** A server of MCP that opens sessions as it should; calls are answered by the script. */
export async function mcpHttp2Target(
  answer: (asked: Http2Asked, message: Message) => void,
  { onFarewell, speaksOn }: McpHttp2Script = {},
) {
  const seen: Seen[] = []
  let sessions = 0
  const target = await http2Target(
    (asked) => {
      const { stream, headers } = asked
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const message: Message = text === '' ? {} : JSON.parse(text)
        seen.push({
          verb: headers[':method'] ?? '',
          session: String(headers['mcp-session-id'] ?? ''),
          method: message.method,
        })
        if (message.method === 'initialize') {
          const result = {
            protocolVersion: '2025-06-18',
            capabilities: {},
            serverInfo: { name: 'scripted', version: '1' },
          }
          reply(asked, message, { result }, { 'mcp-session-id': `session-${++sessions}` })
        } else if (message.method === 'notifications/initialized')
          stream.respond({ ':status': 202 }, { endStream: true })
        else if (headers[':method'] !== 'DELETE') answer(asked, message)
        else if (onFarewell === undefined) stream.respond({ ':status': 200 }, { endStream: true })
        else onFarewell(asked)
      })
    },
    speaksOn === undefined ? {} : { speaksOn },
  )
  return { ...target, seen }
}

export function reply(
  { stream }: Http2Asked,
  { id }: Message,
  content: object,
  headers: Record<string, string> = {},
): void {
  stream.respond({ ':status': 200, 'content-type': 'application/json', ...headers })
  stream.end(JSON.stringify({ jsonrpc: '2.0', id, ...content }))
}

/** A tool's result, whatever was asked. */
export function well(asked: Http2Asked, message: Message): void {
  reply(asked, message, { result: { content: [] } })
}
