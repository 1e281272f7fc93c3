export { CANCELLED, type Ending } from './ending.ts'
export {
  type ConnectionFailure,
  type ConnectionHandler,
  type ConnectionOptions,
  type ConnectTimes,
  HttpConnection,
  type TlsTrust,
} from './http-connection.ts'
export { type HttpEndpoint, parseEndpoint } from './http-endpoint.ts'
export { type EncodedRequest, encodeRequest, type RequestOptions, withText } from './http-request.ts'
export { isRemoteAddress, loopbackLookup, pointsElsewhere } from './loopback.ts'
export type { JsonObject } from './mcp/json-messages.ts'
export { type McpOperation, operationName } from './mcp/mcp-operation.ts'
export { McpSession, type McpSessionOptions, type SessionDraws } from './mcp/mcp-session.ts'
export { MessageStream } from './mcp/message-stream.ts'
export { type ResourceUpdate, readResourceUpdate } from './mcp/resource-update.ts'
export { explainOutcome, faultOutcome, type ProtocolFault } from './protocol-fault.ts'
export type { ResponseHead } from './response-head.ts'
export { parseServerTiming } from './server-timing.ts'
