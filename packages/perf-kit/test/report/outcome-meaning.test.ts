import { describe, expect, it } from 'vitest'
import { outcomeMeaning } from '../../src/report/outcome-meaning.ts'

describe('what an outcome means', () => {
  it.each([
    ['HTTP 200', true, '“OK”: a whole answer'],
    ['HTTP 304', true, '“Not Modified”: a whole answer'],
    ['HTTP 404', false, '“Not Found”: a whole answer that says no'],
    ['HTTP 599', false, 'a whole answer that says no'],
    ['ECONNREFUSED', false, 'nothing listens at that port, or its queue is full'],
    ['TIMEOUT', false, 'no whole answer within the time allowed'],
    ['RPC -32602', false, 'the target takes no such parameters; for a tool: there is none of that name'],
    ['RPC -1', false, 'an error that the target reports over JSON-RPC'],
    ['TOOL ERROR', false, 'an answer, in which the tool says that it failed'],
    ['SESSION HTTP 503', false, 'no session could be opened: “Service Unavailable”: a whole answer that says no'],
    [
      'SESSION HTTP 404',
      false,
      'no session could be opened: “Not Found”: a whole answer that says no; MCP may be at another path, such as /mcp',
    ],
    ['SESSION whatever', false, 'no session could be opened'],
    [
      'STREAM HTTP 503',
      false,
      'no stream of notifications was given: “Service Unavailable”: a whole answer that says no',
    ],
    ['SESSION STREAM NO STREAM', false, 'no session could be opened: no stream of notifications was given'],
    ['RST_STREAM REFUSED_STREAM', false, 'the target gave up the request: it has not looked at the request'],
    ['RST_STREAM UNKNOWN', false, 'the target gave up the request'],
    ['GOAWAY INTERNAL_ERROR', false, 'the target ended the connection: an error within it'],
    ['GOAWAY', false, 'the target ended the connection in good order, and did not take the request any more'],
    ['PROTOCOL ALPN', false, 'the target does not offer HTTP/2 over TLS'],
    ['PROTOCOL EXCESS between requests', false, 'bytes came that no request asked for'],
  ])('is told in plain words: %s', (outcome, succeeded, meaning) => {
    expect(outcomeMeaning(outcome)).toEqual({ succeeded, meaning })
  })

  it.each(['constructor', '__proto__', 'RPC toString', 'HTTP 2000', 'EWHATEVER', ''])(
    'is left to the reader where nobody knows it: %s',
    (outcome) => {
      expect(outcomeMeaning(outcome)).toEqual({ succeeded: false, meaning: '' })
    },
  )
})
