import type { McpError } from '@modelcontextprotocol/sdk/types.js'

export const SERVER_ERROR = -32000
export const SESSION_NOT_FOUND = -32001
export const RESOURCE_NOT_FOUND = -32002
export const INVALID_PARAMS = -32602

/** Why the gateway, and not the backend, failed a call; sent as `error.data.reason`. */
export type FailureReason = 'acquire-timeout' | 'backend-timeout' | 'backend-unavailable' | 'circuit-open'

/** An error that the SDK's server answers as it stands: it reads `code`, `message` and `data` of whatever was thrown. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, data?: unknown, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.data = data
  }
}

export function gatewayFailure(reason: FailureReason, backend: string, message: string, cause?: unknown): RpcError {
  return new RpcError(SERVER_ERROR, message, { reason, backend }, { cause })
}

/** The backend's own error, without the "MCP error <code>: " that the SDK puts before its message at every hop. */
export function withoutSdkPrefix(error: McpError): RpcError {
  const prefix = `MCP error ${error.code}: `
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message
  return new RpcError(error.code, message, error.data, { cause: error })
}
