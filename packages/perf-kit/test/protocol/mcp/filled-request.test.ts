import { expect, it } from 'vitest'
import { parseEndpoint } from '../../../src/protocol/index.ts'
import { FilledRequest } from '../../../src/protocol/mcp/filled-request.ts'
import { NumberedRequest, paramsJson } from '../../../src/protocol/mcp/numbered-request.ts'

const endpoint = parseEndpoint('http://127.0.0.1:8080/mcp')
const operation = { method: 'tools/call', params: { _meta: { a: 1 }, name: 'é', arguments: { text: 'é日' } } }
const headers = { 'content-type': 'application/json' }

it.each([false, true])(
  'is to the byte what a request without gaps is, with the same parameters (token: %s)',
  (hasToken) => {
    const filled = new FilledRequest(endpoint, {
      index: 1,
      of: 3,
      hasToken,
      operation,
      headersOf: () => headers,
      fill: () => Buffer.from(paramsJson(operation.params, hasToken)).toString('latin1'),
    })
    const plain = new NumberedRequest(endpoint, headers, operation, { index: 1, of: 3, hasToken })
    for (let count = 0; count < 1_100; count++) {
      expect(Buffer.from(filled.next().bytes).equals(plain.next().bytes)).toBe(true)
      expect(filled.id).toBe(plain.id)
    }
  },
)

it('has a head of its own for each call whose parameters a header tells of', () => {
  const names = ['one', 'two']
  const request = new FilledRequest(endpoint, {
    index: 0,
    of: 1,
    hasToken: false,
    operation: { method: 'tools/call', params: { name: '{{tool}}' } },
    headersOf: (params) => ({ 'mcp-name': String(Reflect.get(params, 'name')) }),
    fill: () => JSON.stringify({ name: names.shift() }),
  })
  const heads = [request.next(), request.next()].map(({ bytes }) => Buffer.from(bytes).toString())
  expect(heads[0]).toContain('mcp-name: one\r\n')
  expect(heads[1]).toContain('mcp-name: two\r\n')
})
