const PREFIX = 'PROTOCOL '

/**
 * What a peer can do wrong on the wire, by name: counted and shown as they are, so the names are stable.
 * None is thrown: an answer that is no HTTP is a sample of the target, not a failure of the tool.
 */
const PROTOCOL_FAULTS = {
  STATUS_LINE: 'the answer does not begin with an HTTP/1.x status line',
  HEADER: 'a header line is malformed',
  HEAD_TOO_LARGE: 'the head of the answer is larger than allowed',
  CONTENT_LENGTH: 'Content-Length is no single number of bytes',
  TRANSFER_ENCODING: 'Transfer-Encoding is not chunked, or stands beside a Content-Length',
  CHUNK: 'a chunk of the body has no valid size line, or no line end',
  TRAILER: 'a trailer line after the last chunk is malformed',
  BODY_TOO_LARGE: 'the body is larger than allowed',
  UPGRADE: 'the target switched to a protocol that nobody asked for',
  EXCESS: 'bytes came that no request asked for',
  TRUNCATED: 'the connection ended in the middle of the answer',
  ALPN: 'the target does not offer HTTP/2 over TLS',
  PREFACE: 'what came first is no HTTP/2: the target may speak HTTP/1.1 only',
  FRAME:
    'the target broke the rules of HTTP/2: a frame that may not stand there, or a header or a length that is wrong',
} as const

export type ProtocolFault = keyof typeof PROTOCOL_FAULTS

/** How a fault is written among the outcomes of requests. */
export function faultOutcome(fault: string): string {
  return `${PREFIX}${fault}`
}

/** @returns what a fault among the outcomes means; `undefined` for what is none */
export function explainOutcome(outcome: string): string | undefined {
  const [name = ''] = outcome.startsWith(PREFIX) ? outcome.slice(PREFIX.length).split(' ') : []
  return isFault(name) ? PROTOCOL_FAULTS[name] : undefined
}

function isFault(name: string): name is ProtocolFault {
  return Object.hasOwn(PROTOCOL_FAULTS, name)
}
