import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { INVALID_REQUEST, isResponse, PARSE_ERROR, parseMessage, serializeMessage } from '../src/json-rpc.ts'

const id = fc.oneof(fc.string(), fc.maxSafeInteger())
const params = fc.dictionary(fc.string(), fc.jsonValue()).filter((value) => !Object.hasOwn(value, '_meta'))
const withParams = fc.record({ params }, { requiredKeys: [] })
const call = fc.record({ jsonrpc: fc.constant('2.0' as const), method: fc.string() })
const message: fc.Arbitrary<JSONRPCMessage> = fc.oneof(
  fc.tuple(call, withParams, fc.record({ id })).map(([base, more, { id }]) => ({ ...base, ...more, id })),
  fc.tuple(call, withParams).map(([base, more]) => ({ ...base, ...more })),
  fc.record({ jsonrpc: fc.constant('2.0' as const), id, result: params }),
  fc.record({
    jsonrpc: fc.constant('2.0' as const),
    id,
    error: fc.record({ code: fc.maxSafeInteger(), message: fc.string() }),
  }),
)

describe('parseMessage', () => {
  test('gives back every message that was serialised, in text and in bytes', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const text = serializeMessage(sent)
        for (const input of [text, Buffer.from(text)]) {
          const parsed = parseMessage(input)
          expect(parsed.kind).not.toBe('invalid')
          expect(parsed).toMatchObject({ message: JSON.parse(text) })
        }
      }),
    )
  })

  test('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof parseMessage(Buffer.from(bytes)).kind === 'string'))
    fc.assert(fc.property(fc.json(), (json) => typeof parseMessage(json).kind === 'string'))
  })

  test('lets nothing through that the schemas of the SDK would refuse', () => {
    const part = fc.oneof(fc.constantFrom<unknown>('2.0', 'ping', 1, null, 1.5), params, fc.jsonValue())
    const keys = { jsonrpc: part, id: part, method: part, params: part, result: part, error: part, other: part }
    const nearMiss = fc.record(keys, { requiredKeys: [] })
    fc.assert(
      fc.property(nearMiss, (value) => {
        const parsed = parseMessage(JSON.stringify(value))
        return parsed.kind === 'invalid' || JSONRPCMessageSchema.safeParse(parsed.message).success
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['text that is not JSON', '{"jsonrpc"', PARSE_ERROR, null],
    ['an empty body', '', PARSE_ERROR, null],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), PARSE_ERROR, null],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', INVALID_REQUEST, null],
    ['a number', '7', INVALID_REQUEST, null],
    ['null', 'null', INVALID_REQUEST, null],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"ping"}', INVALID_REQUEST, 1],
    ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', INVALID_REQUEST, null],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', INVALID_REQUEST, null],
    ['a method that is a number', '{"jsonrpc":"2.0","id":"a","method":1}', INVALID_REQUEST, 'a'],
    ['params in an array', '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', INVALID_REQUEST, 1],
    ['params null', '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', INVALID_REQUEST, 1],
    ['_meta that is a string', '{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":"x"}}', INVALID_REQUEST, 1],
    [
      'a progress token that is an object',
      '{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":{}}}}',
      INVALID_REQUEST,
      1,
    ],
    ['neither method nor result', '{"jsonrpc":"2.0","id":1}', INVALID_REQUEST, 1],
    [
      'both result and error',
      '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}',
      INVALID_REQUEST,
      1,
    ],
    ['an error without a code', '{"jsonrpc":"2.0","id":1,"error":{"message":"x"}}', INVALID_REQUEST, 1],
    ['a response without an id', '{"jsonrpc":"2.0","result":{}}', INVALID_REQUEST, null],
  ])('refuses %s', (_what, input, code, expectedId) => {
    expect(parseMessage(input)).toMatchObject({ kind: 'invalid', id: expectedId, error: { code } })
  })

  test('tells requests, notifications and responses apart', () => {
    expect(parseMessage('{"jsonrpc":"2.0","id":0,"method":"ping"}').kind).toBe('request')
    expect(parseMessage('{"jsonrpc":"2.0","method":"notifications/initialized"}').kind).toBe('notification')
    expect(parseMessage('{"jsonrpc":"2.0","id":"","result":{}}').kind).toBe('response')
  })

  test('drops members that JSON-RPC does not define, since the SDK would leave such a request unanswered', () => {
    const parsed = parseMessage('{"jsonrpc":"2.0","id":1,"method":"ping","trace":"x"}')
    expect(parsed).toEqual({ kind: 'request', message: { jsonrpc: '2.0', id: 1, method: 'ping' } })
  })
})

test('isResponse holds for what has no method', () => {
  expect(isResponse({ jsonrpc: '2.0', id: 1, result: {} })).toBe(true)
  expect(isResponse({ jsonrpc: '2.0', id: 1, method: 'ping' })).toBe(false)
})
