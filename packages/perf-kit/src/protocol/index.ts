export type { Connection, ConnectionFailure, ConnectionHandler, ConnectTimes, TlsTrust } from './connection.ts'
export { CANCELLED, type Ending, httpEnding } from './ending.ts'
export { HttpConnection } from './http-connection.ts'
export { type HttpEndpoint, parseEndpoint } from './http-endpoint.ts'
export {
  type EncodedRequest,
  encodeRequest,
  headersOfConnection,
  isHeaderValue,
  type RequestOptions,
  withText,
} from './http-request.ts'
export { Http2Connections } from './http2/http2-connections.ts'
export { isRemoteAddress, loopbackLookup, pointsElsewhere } from './loopback.ts'
export type { FillJson } from './mcp/filled-request.ts'
export { type McpOperation, operationName, operationTopic } from './mcp/mcp-operation.ts'
export { McpSession } from './mcp/mcp-session.ts'
export { McpStateless } from './mcp/mcp-stateless.ts'
export { MessageStream } from './mcp/message-stream.ts'
export { OperationBodies } from './mcp/operation-bodies.ts'
export type { SessionDraws } from './mcp/operation-requests.ts'
export { MCP_VERSIONS, type McpVersion, STATELESS_VERSION } from './mcp/protocol-versions.ts'
export { type ResourceUpdate, readResourceUpdate } from './mcp/resource-update.ts'
export type { StreamRequest } from './mcp/stream-request.ts'
export { explainOutcome, faultOutcome, type ProtocolFault } from './protocol-fault.ts'
export type { ResponseHead } from './response-head.ts'
export { parseServerTiming } from './server-timing.ts'
