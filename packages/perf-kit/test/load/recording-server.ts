import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'

export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface RecordingServer extends AsyncDisposable {
  readonly url: string
  /** in the order in which they came */
  readonly received: readonly Received[]
}

/** A server as anybody would write it, which remembers what it was asked. */
export async function recordingServer(): Promise<RecordingServer> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
    response.end('ok')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** How often each was received. */
export function countsOf(received: readonly Received[], of: (one: Received) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const one of received) counts[of(one)] = (counts[of(one)] ?? 0) + 1
  return counts
}
