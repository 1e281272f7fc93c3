import { isUtf8 } from 'node:buffer'
import type {
  JSONRPCErrorResponse,
  JSONRPCMessage,
  JSONRPCNotification,
  JSONRPCRequest,
  JSONRPCResultResponse,
  RequestId,
} from '@modelcontextprotocol/sdk/types.js'

export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600

/** A message that was not JSON, or not JSON-RPC; answered with `id`, which is null when none could be read. */
export interface InvalidMessage {
  readonly kind: 'invalid'
  readonly id: RequestId | null
  readonly error: { readonly code: typeof PARSE_ERROR | typeof INVALID_REQUEST; readonly message: string }
}

export type ValidMessage =
  | { readonly kind: 'request'; readonly message: JSONRPCRequest }
  | { readonly kind: 'notification'; readonly message: JSONRPCNotification }
  | { readonly kind: 'response'; readonly message: JSONRPCResultResponse | JSONRPCErrorResponse }

export type ParsedMessage = ValidMessage | InvalidMessage

type Params = NonNullable<JSONRPCRequest['params']>
type ErrorObject = JSONRPCErrorResponse['error']

/**
 * Parses and validates one JSON-RPC 2.0 message as MCP 2025-11-25 has it: no batches, ids are strings or integers,
 * params are objects. Never throws.
 *
 * Validation is by hand, without a schema library: every request passes here. The message is rebuilt from the members
 * JSON-RPC defines, so unknown ones are dropped. The SDK refuses them silently, which would leave the client waiting.
 */
export function parseMessage(input: string | Buffer): ParsedMessage {
  if (typeof input !== 'string' && !isUtf8(input)) return invalid(PARSE_ERROR, 'Parse error: body is not UTF-8')
  let value: unknown
  try {
    value = JSON.parse(typeof input === 'string' ? input : input.toString('utf8'))
  } catch {
    return invalid(PARSE_ERROR, 'Parse error: body is not JSON')
  }
  return validateMessage(value)
}

/** Validates a value that has been through `JSON.parse`. */
export function validateMessage(value: unknown): ParsedMessage {
  if (Array.isArray(value)) {
    return invalid(
      INVALID_REQUEST,
      'Invalid Request: batches were removed from MCP in 2025-06-18, send one message a POST',
    )
  }
  if (!isObject(value)) return invalid(INVALID_REQUEST, 'Invalid Request: a message is an object')
  const { id } = value
  const knownId = isRequestId(id) ? id : null
  if (value['jsonrpc'] !== '2.0') return invalid(INVALID_REQUEST, 'Invalid Request: jsonrpc must be "2.0"', knownId)
  if (id !== undefined && knownId === null) {
    return invalid(INVALID_REQUEST, 'Invalid Request: id must be a string or an integer')
  }
  return 'method' in value ? validateCall(value, knownId) : validateResponse(value, knownId)
}

function validateCall(value: Record<string, unknown>, id: RequestId | null): ParsedMessage {
  const { method, params } = value
  if (typeof method !== 'string') return invalid(INVALID_REQUEST, 'Invalid Request: method must be a string', id)
  if (params !== undefined && !isParams(params)) {
    return invalid(INVALID_REQUEST, 'Invalid Request: params must be an object, with a valid _meta if any', id)
  }
  if (id === null) {
    const message: JSONRPCNotification = params ? { jsonrpc: '2.0', method, params } : { jsonrpc: '2.0', method }
    return { kind: 'notification', message }
  }
  const message: JSONRPCRequest = params ? { jsonrpc: '2.0', id, method, params } : { jsonrpc: '2.0', id, method }
  return { kind: 'request', message }
}

function validateResponse(value: Record<string, unknown>, id: RequestId | null): ParsedMessage {
  const { result, error } = value
  if (id === null) return invalid(INVALID_REQUEST, 'Invalid Request: neither a method nor the id of a response')
  if ((result === undefined) === (error === undefined)) {
    return invalid(INVALID_REQUEST, 'Invalid Request: a response has either a result or an error', id)
  }
  if (isErrorObject(error)) return { kind: 'response', message: { jsonrpc: '2.0', id, error } }
  if (isParams(result)) return { kind: 'response', message: { jsonrpc: '2.0', id, result } }
  return invalid(INVALID_REQUEST, 'Invalid Request: result must be an object, error needs a code and a message', id)
}

/** The message as JSON text: one line, so it fits one SSE data field. */
export function serializeMessage(message: JSONRPCMessage): string {
  return JSON.stringify(message)
}

export function isResponse(message: JSONRPCMessage): message is JSONRPCResultResponse | JSONRPCErrorResponse {
  return !('method' in message)
}

function invalid(code: typeof PARSE_ERROR | typeof INVALID_REQUEST, message: string, id: RequestId | null = null) {
  return { kind: 'invalid', id, error: { code, message } } as const
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function isParams(value: unknown): value is Params {
  return isObject(value) && (value['_meta'] === undefined || isMeta(value['_meta']))
}

const RELATED_TASK = 'io.modelcontextprotocol/related-task'

// The two _meta members the SDK checks on every message: what it would refuse must be refused here, with an answer.
function isMeta(value: unknown): boolean {
  if (!isObject(value)) return false
  const { progressToken, [RELATED_TASK]: task } = value
  if (progressToken !== undefined && !isRequestId(progressToken)) return false
  return task === undefined || (isObject(task) && typeof task['taskId'] === 'string')
}

function isErrorObject(value: unknown): value is ErrorObject {
  return isObject(value) && Number.isSafeInteger(value['code']) && typeof value['message'] === 'string'
}
