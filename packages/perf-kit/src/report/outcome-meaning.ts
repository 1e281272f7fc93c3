import { STATUS_CODES } from 'node:http'
import { explainOutcome } from '../protocol/index.ts'

/** What an outcome of requests says about them, as docs/load.md tells. */
export interface OutcomeMeaning {
  readonly succeeded: boolean
  /** in plain words; empty for what only the target knows */
  readonly meaning: string
}

const FIRST_FAILURE_STATUS = 400
const CANCELLED = 'CANCELLED'

const NAMED: Readonly<Record<string, string>> = {
  CLOSED: 'the target ended the connection before it had answered',
  GOAWAY: 'the target ended the connection in good order, and did not take the request any more',
  TIMEOUT: 'no whole answer within the time allowed',
  CONNECT_TIMEOUT: 'no connection within the time allowed',
  ECONNREFUSED: 'nothing listens at that port, or its queue is full',
  ECONNRESET: 'the target broke the connection off',
  EPIPE: 'the target had closed the connection when the request was written',
  ETIMEDOUT: 'the system gave up waiting for the other side',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'the host’s name has no address',
  EAI_AGAIN: 'the host’s name could not be looked up at the moment',
  EADDRNOTAVAIL: 'this machine has no port left to connect from',
  EMFILE: 'this process may open no more connections',
  ENFILE: 'this machine may open no more connections',
  ENOBUFS: 'this machine has no memory left for connections',
  CERT_HAS_EXPIRED: 'the target’s certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the target’s certificate is signed by itself only',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the target’s certificate is for another name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody known has signed the target’s certificate',
  'TOOL ERROR': 'an answer, in which the tool says that it failed',
  'RPC NO ANSWER': 'a whole answer over HTTP, and in it none to what was asked',
  'RPC VERSION': 'the target speaks no revision of MCP that this client does',
}

/** What a target says when it gives up a stream or a connection (RFC 9113 §7). */
const HTTP2_ERRORS: Readonly<Record<string, string>> = {
  NO_ERROR: 'nothing is wrong',
  PROTOCOL_ERROR: 'an answer against the rules of HTTP/2; or the request was, says the target',
  INTERNAL_ERROR: 'an error within it',
  REFUSED_STREAM: 'it has not looked at the request',
  CANCEL: 'nobody needs the answer any more',
  ENHANCE_YOUR_CALM: 'it is asked too much; or its head was larger than allowed',
  HTTP_1_1_REQUIRED: 'this is to be asked over HTTP/1.1',
}

/** https://www.jsonrpc.org/specification#error_object */
const RPC_ERRORS: Readonly<Record<string, string>> = {
  '-32700': 'what was asked is no JSON, says the target',
  '-32600': 'what was asked is no valid request, says the target',
  '-32601': 'the target has no such method',
  '-32602': 'the target takes no such parameters; for a tool: there is none of that name',
  '-32603': 'an error within the target',
}

/** What servers say to a POST where they have no MCP. */
const NO_ENDPOINT: ReadonlySet<string> = new Set(['HTTP 404', 'HTTP 405'])

export function outcomeMeaning(outcome: string): OutcomeMeaning {
  if (outcome === CANCELLED) return { succeeded: true, meaning: 'cancelled by us, as wished: nothing that failed' }
  const [, status] = /^HTTP (\d{3})$/.exec(outcome) ?? []
  if (status !== undefined) return httpMeaning(Number(status))
  const [, rpcCode] = /^RPC (-?\d+)$/.exec(outcome) ?? []
  if (rpcCode !== undefined)
    return failed(known(RPC_ERRORS, rpcCode) ?? 'an error that the target reports over JSON-RPC')
  const [, frame, error = ''] = /^(RST_STREAM|GOAWAY) (.+)$/.exec(outcome) ?? []
  if (frame !== undefined) {
    const gaveUp = frame === 'GOAWAY' ? 'the target ended the connection' : 'the target gave up the request'
    const meaning = known(HTTP2_ERRORS, error)
    return failed(meaning === undefined ? gaveUp : `${gaveUp}: ${meaning}`)
  }
  const [, why] = /^SESSION (.+)$/.exec(outcome) ?? []
  if (why !== undefined) {
    const { meaning } = outcomeMeaning(why)
    const hint = NO_ENDPOINT.has(why) ? '; MCP may be at another path, such as /mcp' : ''
    return failed(`no session could be opened${meaning === '' ? '' : `: ${meaning}`}${hint}`)
  }
  const [, whyNoStream] = /^STREAM (.+)$/.exec(outcome) ?? []
  if (whyNoStream !== undefined) {
    const { meaning } = outcomeMeaning(whyNoStream)
    return failed(`no stream of notifications was given${meaning === '' ? '' : `: ${meaning}`}`)
  }
  return failed(explainOutcome(outcome) ?? known(NAMED, outcome) ?? '')
}

function httpMeaning(status: number): OutcomeMeaning {
  const reason = STATUS_CODES[status]
  const named = reason === undefined ? '' : `“${reason}”: `
  const succeeded = status < FIRST_FAILURE_STATUS
  return { succeeded, meaning: succeeded ? `${named}a whole answer` : `${named}a whole answer that says no` }
}

function failed(meaning: string): OutcomeMeaning {
  return { succeeded: false, meaning }
}

/** Outcomes come from targets and files: `constructor` is none of ours. */
function known(words: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined
}
