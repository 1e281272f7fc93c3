import { describe, expect, it } from 'vitest'
import { endToEndHeaders } from '../src/end-to-end-headers.ts'

describe('headers that are passed on', () => {
  it('are those of the message, not those of its connection', () => {
    const passedOn = { 'content-type': 'text/plain', 'content-length': '3', 'mcp-session-id': '1.a', 'x-other': 'yes' }
    const kept = {
      connection: 'keep-alive',
      expect: '100-continue',
      'keep-alive': 'timeout=5',
      'proxy-authenticate': 'Basic',
      'proxy-authorization': 'Basic c2VjcmV0',
      'proxy-connection': 'keep-alive',
      te: 'trailers',
      trailer: 'x-sum',
      'transfer-encoding': 'chunked',
      upgrade: 'websocket',
    }
    expect(endToEndHeaders({ ...passedOn, ...kept })).toEqual(passedOn)
  })

  it.each(['x-own, X-Hop', 'close,x-hop', 'X-HOP , close'])('are none that `Connection: %s` names', (connection) => {
    expect(endToEndHeaders({ connection, 'x-hop': '1', 'x-end': '2' })).toEqual({ 'x-end': '2' })
  })

  it('are all where there is no such header', () => {
    expect(endToEndHeaders({ 'x-end': '2', 'set-cookie': ['a=1', 'b=2'] })).toEqual({
      'x-end': '2',
      'set-cookie': ['a=1', 'b=2'],
    })
  })
})
