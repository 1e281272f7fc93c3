import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
  type RequestId,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import type { BackendCaller } from './backend-caller.ts'
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

  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { requestId, sendNotification }) => {
    const { timing, signal } = exchangeOf(transport, requestId)
    const route = timing.measure('route', () => catalogue.route(params.name))
    if (route === undefined) throw new RpcError(INVALID_PARAMS, `Unknown tool: ${params.name}`)
    const progressToken = params._meta?.progressToken
    return callerOf(context, route.backend).call(
      'tools/call',
      { ...params, name: route.tool },
      {
        timing,
        signal,
        // The SDK's client puts a token of its own upstream; the client's is put back here.
        ...(progressToken !== undefined && {
          onprogress: (progress) => {
            const params = { ...progress, progressToken }
            // Fails when the session has just ended: then nobody waits for it.
            sendNotification({ method: 'notifications/progress', params }).catch(() => undefined)
          },
        }),
      },
    )
  })

  server.setRequestHandler(ReadResourceRequestSchema, async ({ params }, { requestId }) => {
    const { timing, signal } = exchangeOf(transport, requestId)
    const backend = timing.measure('route', () => ownerOf(catalogue, params.uri))
    return callerOf(context, backend).call('resources/read', params, { timing, signal })
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
