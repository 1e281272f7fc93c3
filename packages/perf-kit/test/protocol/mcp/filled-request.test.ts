import { expect, it } from 'vitest'
import { parseEndpoint } from '../../../src/protocol/index.ts'
import { FilledRequest } from '../../../src/protocol/mcp/filled-request.ts'
import { NumberedRequest, numberedBody, paramsJson } from '../../../src/protocol/mcp/numbered-request.ts'

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
    const plain = new NumberedRequest(endpoint, headers, numberedBody(operation, { index: 1, of: 3, hasToken }))
    for (let count = 0; count < 1_100; count++) {
      const [one, other] = [filled.next(), plain.next()]
      expect(Buffer.from(one.bytes).equals(other.bytes)).toBe(true)
      expect(one.bodyFrom).toBe(other.bodyFrom)
      // HTTP/2 has lengths in its frames.
      const { 'content-length': _, ...fields } = other.fields
      expect(one.fields).toEqual(fields)
      expect(filled.id).toBe(plain.id)
    }
  },
)

it.each([
  ['as they are', (text: string) => text],
  ['in Base64', (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`],
])('has a head of its own for each call whose parameters a header tells of, %s', (_title, written) => {
  const names = ['one', 'two']
  const request = new FilledRequest(endpoint, {
    index: 0,
    of: 1,
    hasToken: false,
    operation: { method: 'tools/call', params: { name: '{{tool}}' } },
    headersOf: (params) => ({ 'mcp-name': written(String(Reflect.get(params, 'name'))) }),
    fill: () => JSON.stringify({ name: names.shift() }),
  })
  const heads = [request.next(), request.next()].map(({ bytes }) => Buffer.from(bytes).toString())
  expect(heads[0]).toContain(`mcp-name: ${written('one')}\r\n`)
  expect(heads[1]).toContain(`mcp-name: ${written('two')}\r\n`)
})
