import { describe, expect, test } from 'vitest'
import { checkGet, checkHost, checkPost } from '../src/http-checks.ts'

const GOOD_POST = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

describe('checkHost', () => {
  test.each([
    { host: '127.0.0.1:8080' },
    { host: 'localhost' },
    { host: '[::1]:1' },
    { host: 'LOCALHOST:1', origin: 'http://localhost:3000' },
  ])('serves %o', (headers) => {
    expect(checkHost(headers)).toBeUndefined()
  })

  test.each([
    {},
    { host: 'evil.example' },
    { host: 'evil.example:8080' },
    { host: '127.0.0.1.evil.example' },
    { host: 'localhost', origin: 'http://evil.example' },
    { host: 'localhost', origin: 'null' },
  ])('refuses %o', (headers) => {
    expect(checkHost(headers)).toMatchObject({ status: 403 })
  })
})

describe('checkPost', () => {
  test.each([
    ['as clients send it', {}],
    ['with a charset', { 'content-type': 'Application/JSON; charset=utf-8' }],
    ['with a version the SDK knows', { 'mcp-protocol-version': '2025-06-18' }],
  ])('serves a request %s', (_what, headers) => {
    expect(checkPost({ ...GOOD_POST, ...headers })).toBeUndefined()
  })

  test.each([
    ['without SSE among what it accepts', { accept: 'application/json' }, 406],
    ['that accepts anything, which MCP does not allow', { accept: '*/*' }, 406],
    ['of another type', { 'content-type': 'text/plain; a=application/json' }, 415],
    ['of a future version', { 'mcp-protocol-version': '2099-01-01' }, 400],
  ])('refuses a request %s', (_what, headers, status) => {
    expect(checkPost({ ...GOOD_POST, ...headers })).toMatchObject({ status })
  })
})

test('checkGet wants SSE to be accepted', () => {
  expect(checkGet({ accept: 'text/event-stream' })).toBeUndefined()
  expect(checkGet({ accept: 'application/json' })).toMatchObject({ status: 406 })
})
