import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  type Progress,
  type ProgressToken,
  ReadResourceRequestSchema,
  type RequestId,
  type ServerNotification,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import type { BackendCaller, BackendCallOptions } from './backend-caller.ts'
import type { Catalogue } from './catalogue.ts'
import type { Exchange } from './exchange.ts'
import { INVALID_PARAMS, RESOURCE_NOT_FOUND, RpcError } from './rpc-error.ts'
import type { SessionTransport } from './session-transport.ts'
import { sharedValidator } from './upstream-client.ts'
import type { UpstreamSubscriptions } from './upstream-subscriptions.ts'

/** What all sessions share. */
export interface GatewayContext {
  readonly catalogue: Catalogue
  readonly callers: ReadonlyMap<string, BackendCaller>
  readonly subscriptions: UpstreamSubscriptions<SessionTransport>
}

/** The SDK server of one client's session: every method the gateway answers. `ping` and `initialize` are the SDK's. */
export function createGatewayServer(context: GatewayContext, transport: SessionTransport): Server {
  const { catalogue, subscriptions } = context
  const server = new Server(
    { name: 'gw-gateway', version: '0.0.0' },
    {
      capabilities: { tools: { listChanged: true }, resources: { subscribe: true, listChanged: true } },
      jsonSchemaValidator: sharedValidator,
    },
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: catalogue.tools() }))
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources: catalogue.resources() }))
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: [] }))

  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const exchange = exchangeOf(transport, extra.requestId)
    const route = exchange.timing.measure('route', () => catalogue.route(params.name))
    if (route === undefined) throw new RpcError(INVALID_PARAMS, `Unknown tool: ${params.name}`)
    const options = forwarding(exchange, params, extra)
    return callerOf(context, route.backend).call('tools/call', { ...params, name: route.tool }, options)
  })

  server.setRequestHandler(ReadResourceRequestSchema, async ({ params }, extra) => {
    const exchange = exchangeOf(transport, extra.requestId)
    const backend = exchange.timing.measure('route', () => ownerOf(catalogue, params.uri))
    return callerOf(context, backend).call('resources/read', params, forwarding(exchange, params, extra))
  })

  server.setRequestHandler(SubscribeRequestSchema, async ({ params: { uri } }) => {
    ownerOf(catalogue, uri)
    await subscriptions.subscribe(uri, transport)
    // The session may have ended during the subscription, after its subscriptions were dropped.
    if (transport.closed) await subscriptions.unsubscribe(uri, transport)
    return {}
  })

  server.setRequestHandler(UnsubscribeRequestSchema, async ({ params: { uri } }) => {
    await subscriptions.unsubscribe(uri, transport)
    return {}
  })
  return server
}

/**
 * The HTTP side of a request. Its signal is used, not the SDK's: the SDK cannot cancel a request whose id is 0, and it
 * knows nothing of a client that went away.
 */
function exchangeOf(transport: SessionTransport, id: RequestId): Exchange {
  const exchange = transport.exchangeOf(id)
  if (exchange === undefined) throw new Error(`request ${id} was given up before it began`)
  return exchange
}

interface Progressing {
  readonly _meta?: { readonly progressToken?: ProgressToken | undefined } | undefined
}

interface Notifying {
  readonly sendNotification: (notification: ServerNotification) => Promise<void>
}

function forwarding({ timing, signal }: Exchange, params: Progressing, extra: Notifying): BackendCallOptions {
  const progressToken = params._meta?.progressToken
  if (progressToken === undefined) return { timing, signal }
  // The SDK's client puts a token of its own upstream; the client's is put back here.
  const onprogress = (progress: Progress) => {
    const notification = { method: 'notifications/progress', params: { ...progress, progressToken } } as const
    // Fails when the session has just ended: then nobody waits for it.
    extra.sendNotification(notification).catch(() => undefined)
  }
  return { timing, signal, onprogress }
}

function ownerOf(catalogue: Catalogue, uri: string): string {
  const backend = catalogue.backendOf(uri)
  if (backend === undefined) throw new RpcError(RESOURCE_NOT_FOUND, `Resource not found: ${uri}`, { uri })
  return backend
}

function callerOf({ callers }: GatewayContext, backend: string): BackendCaller {
  const caller = callers.get(backend)
  if (caller === undefined) throw new Error(`no backend ${backend}`)
  return caller
}
