import { expect, it } from 'vitest'
import { parseEndpoint } from '../../../src/protocol/index.ts'
import { NumberedRequest } from '../../../src/protocol/mcp/numbered-request.ts'

const endpoint = parseEndpoint('http://127.0.0.1:8080/mcp')

function bodyOf(bytes: Uint8Array): { readonly id: number } {
  const text = Buffer.from(bytes).toString()
  expect(text).toContain(`Content-Length: ${Buffer.byteLength(text.slice(text.indexOf('\r\n\r\n') + 4))}\r\n`)
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
}

it('counts its id up in place, across all digits, and changes nothing else', () => {
  const params = { name: 'é', arguments: { text: '"id":1000000000' } }
  const request = new NumberedRequest(endpoint, {}, { method: 'tools/call', params })
  for (let count = 1; count <= 1_100; count++) {
    const body = bodyOf(request.next().bytes)
    expect(body).toEqual({ jsonrpc: '2.0', id: 1_000_000_000 + count, method: 'tools/call', params })
    expect(request.id).toBe(body.id)
  }
})

it('has ids that no other kind of request in the same session has, within 32 bits', () => {
  const kinds = Array.from({ length: 50 }, (_, index) => {
    const request = new NumberedRequest(endpoint, {}, { method: 'ping', params: {} }, { index, of: 50 })
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
  const request = new NumberedRequest(endpoint, {}, { method: 'tools/call', params }, { hasToken: true })
  for (let count = 1; count <= 1_100; count++) {
    const { id, ...body } = bodyOf(request.next().bytes)
    const _meta = { progressToken: 1_000_000_000 + count, ...params._meta }
    expect(body).toEqual({ jsonrpc: '2.0', method: 'tools/call', params: { ...params, _meta } })
    expect(id).toBe(_meta.progressToken)
  }
})
