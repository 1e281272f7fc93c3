import { AsyncLocalStorage } from 'node:async_hooks'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import type { UpstreamCall } from './upstream-call.ts'
import { isEventStream, upstreamFetch } from './upstream-fetch.ts'

export interface UpstreamTransportOptions {
  /** Called when the stream for notifications ended or could not be opened. Without it none is opened. */
  readonly onListenEnd: ((error?: unknown) => void) | undefined
}

const GOODBYE_MS = 1000

const callContext = new AsyncLocalStorage<UpstreamCall | undefined>()

/**
 * The SDK's client transport, with two holes closed: a cancelled call's own POST is ended (the SDK only sends the
 * notification, and servers leave the POST open), and a reply that breaks off is noticed (the SDK waits for its timeout).
 */
export class UpstreamTransport extends StreamableHTTPClientTransport {
  /** The call that is being sent; read while `send` runs, so several may be under way. */
  currentCall: UpstreamCall | undefined

  constructor(url: string, { onListenEnd }: UpstreamTransportOptions) {
    super(new URL(url), {
      fetch: (input, init) => fetchFor(input, init, onListenEnd),
      // A connection that breaks is replaced as a whole: its session may be gone, and the SDK's retries know only streams.
      reconnectionOptions: {
        maxRetries: 0,
        initialReconnectionDelay: 0,
        maxReconnectionDelay: 0,
        reconnectionDelayGrowFactor: 1,
      },
    })
  }

  // Here a request can be told from a notification, `notifications/cancelled` above all: that must outlive its call.
  override send(
    message: JSONRPCMessage,
    options?: Pick<TransportSendOptions, 'resumptionToken' | 'onresumptiontoken'>,
  ): Promise<void> {
    const call = 'method' in message && 'id' in message ? this.currentCall : undefined
    return callContext.run(call, () => super.send(message, compact(options)))
  }
}

async function fetchFor(
  input: string | URL,
  init: RequestInit | undefined,
  onListenEnd: UpstreamTransportOptions['onListenEnd'],
): Promise<Response> {
  if (init?.method === 'GET') return listen(input, init, onListenEnd)
  // Said also when the connection was never complete; the SDK has closed it then, and its signal is aborted.
  if (init?.method === 'DELETE') return upstreamFetch(input, { ...init, signal: AbortSignal.timeout(GOODBYE_MS) })
  const call = callContext.getStore()
  if (call === undefined) return upstreamFetch(input, init)
  const response = await upstreamFetch(input, { ...init, signal: call.postSignal })
  if (isEventStream(response.headers)) call.replyBegan()
  return watchEnd(response, (error) => call.replyEnded(error))
}

async function listen(input: string | URL, init: RequestInit, onListenEnd: UpstreamTransportOptions['onListenEnd']) {
  // 405 is how a server says that it has no such stream: the SDK takes it for an answer. Other refusals are left to the
  // SDK as well, but one of a session that is gone, or of a server in trouble, means a new connection.
  if (onListenEnd === undefined) return new Response(null, { status: 405 })
  try {
    const response = await upstreamFetch(input, init)
    const { status } = response
    if (status === 404 || status >= 500) onListenEnd(new Error(`no event stream: HTTP ${status}`))
    return watchEnd(response, onListenEnd)
  } catch (error) {
    onListenEnd(error)
    throw error
  }
}

/** The same response; `onEnd` hears when its event stream is over, and why if it broke off. */
function watchEnd(response: Response, onEnd: (error?: unknown) => void): Response {
  if (!response.body || !isEventStream(response.headers)) return response
  const { readable, writable } = new TransformStream()
  response.body.pipeTo(writable).then(() => onEnd(), onEnd)
  return new Response(readable, { status: response.status, headers: response.headers })
}

function compact(options: Pick<TransportSendOptions, 'resumptionToken' | 'onresumptiontoken'> | undefined) {
  return {
    ...(options?.resumptionToken === undefined ? {} : { resumptionToken: options.resumptionToken }),
    ...(options?.onresumptiontoken === undefined ? {} : { onresumptiontoken: options.onresumptiontoken }),
  }
}
