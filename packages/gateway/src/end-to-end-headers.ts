import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/**
 * Headers about a connection, not about what is sent on it (RFC 9110 §7.6.1), and `expect`, which was met when the request
 * was read.
 */
const OF_ONE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What remains of a message's headers when it is passed on; `Connection` may name more of them that do not. */
export function endToEndHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = new Set(headers.connection?.split(',').map((name) => name.trim().toLowerCase()))
  const remains = (name: string) => !OF_ONE_CONNECTION.has(name) && !name.startsWith('proxy-') && !named.has(name)
  return Object.fromEntries(Object.entries(headers).filter(([name]) => remains(name)))
}
