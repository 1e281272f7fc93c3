import { expect, it } from 'vitest'
import { parseEndpoint } from '../../../src/protocol/index.ts'
import { NumberedRequest, numberedBody } from '../../../src/protocol/mcp/numbered-request.ts'

const endpoint = parseEndpoint('http://127.0.0.1:8080/mcp')

function bodyOf(bytes: Uint8Array): { readonly id: number } {
  const text = Buffer.from(bytes).toString()
  expect(text).toContain(`Content-Length: ${Buffer.byteLength(text.slice(text.indexOf('\r\n\r\n') + 4))}\r\n`)
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
}

it('counts its id up in place, across all digits, and changes nothing else', () => {
  const params = { name: 'é', arguments: { text: '"id":1000000000' } }
  const request = new NumberedRequest(endpoint, {}, numberedBody({ method: 'tools/call', params }))
  for (let count = 1; count <= 1_100; count++) {
    const body = bodyOf(request.next().bytes)
    expect(body).toEqual({ jsonrpc: '2.0', id: 1_000_000_000 + count, method: 'tools/call', params })
    expect(request.id).toBe(body.id)
  }
})

it('has ids that no other kind of request in the same session has, within 32 bits', () => {
  const kinds = Array.from({ length: 50 }, (_, index) => {
    const request = new NumberedRequest(endpoint, {}, numberedBody({ method: 'ping', params: {} }, { index, of: 50 }))
    request.next()
    return request.id
  })
  expect(new Set(kinds).size).toBe(50)
  const gaps = kinds.slice(1).map((id, index) => id - (kinds[index] ?? 0))
  expect(Math.min(...gaps)).toBeGreaterThan(20_000_000)
  expect(Math.max(...kinds) + Math.min(...gaps)).toBeLessThan(2 ** 31)
})

it('counts a token for progress up with its id, and keeps what a user has put beside it', () => {
  const params = { name: 'é', _meta: { trace: '"progressToken":1000000000' }, arguments: {} }
  const request = new NumberedRequest(endpoint, {}, numberedBody({ method: 'tools/call', params }, { hasToken: true }))
  for (let count = 1; count <= 1_100; count++) {
    const { id, ...body } = bodyOf(request.next().bytes)
    const _meta = { progressToken: 1_000_000_000 + count, ...params._meta }
    expect(body).toEqual({ jsonrpc: '2.0', method: 'tools/call', params: { ...params, _meta } })
    expect(id).toBe(_meta.progressToken)
  }
})

it.each([false, true])(
  'has a long body’s end in common with other sessions, and the ids to itself (token: %s)',
  (hasToken) => {
    const params = { name: 'é', arguments: { text: 'é'.repeat(100_000) } }
    const body = numberedBody({ method: 'tools/call', params }, { hasToken })
    const sessions = ['a', 'b'].map((session) => new NumberedRequest(endpoint, { session }, body))
    const ids = new Set<number>()
    for (let count = 1; count <= 12; count++) {
      for (const session of count % 3 === 0 ? sessions.slice(0, 1) : sessions) {
        const { bytes, tail, text, fields } = session.next()
        expect(text).toBeUndefined()
        // The same piece of memory, and most of what is sent.
        expect(tail?.buffer).toBe(body.bytes.buffer)
        expect(bytes.length).toBeLessThan(1_000)
        const whole = bodyOf(Buffer.concat([bytes, tail ?? Buffer.alloc(0)]))
        const _meta = hasToken ? { _meta: { progressToken: session.id } } : {}
        expect(whole).toEqual({ jsonrpc: '2.0', id: session.id, method: 'tools/call', params: { ...params, ..._meta } })
        expect(Number(fields['content-length'])).toBe(Buffer.byteLength(JSON.stringify(whole)))
        ids.add(session.id)
      }
    }
    expect(sessions.map(({ id }) => id)).toEqual([1_000_000_012, 1_000_000_008])
    expect(ids.size).toBe(12)
  },
)
