import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js'
import { withoutSdkPrefix } from './rpc-error.ts'

/** The call failed on its way; whether the backend has seen it is unknown, unless `rejected`. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly kind: 'timeout' | 'connection' | 'rejected'

  constructor(kind: UpstreamError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

const TIMED_OUT = `MCP error ${ErrorCode.RequestTimeout}: Request timed out`
const CLOSED = `MCP error ${ErrorCode.ConnectionClosed}: Connection closed`

/** What an error of the SDK's client says: the backend's own answer, or why there is none. */
export function describeFailure(error: unknown): Error {
  if (error instanceof McpError) {
    // The SDK's own two errors have codes and a class that a backend's answer may have as well; their text tells them.
    if (error.message === TIMED_OUT) return new UpstreamError('timeout', error.message, { cause: error })
    if (error.message === CLOSED) return new UpstreamError('connection', error.message, { cause: error })
    return withoutSdkPrefix(error)
  }
  return new UpstreamError(isUnknownSession(error) ? 'rejected' : 'connection', explain(error), { cause: error })
}

/**
 * Whether this is how a server refuses a session it does not know: it restarted, and has not touched the call. MCP asks
 * for 404, but some servers answer 400, as they do to other mistakes: only the text tells those apart.
 */
function isUnknownSession(error: unknown): boolean {
  if (!(error instanceof StreamableHTTPError)) return false
  return error.code === 404 || (error.code === 400 && /session|not initiali[sz]ed/i.test(error.message))
}

/** An error in words. Of several attempts, one an address, the first: together they have no message. */
export function explain(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return explain(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}
