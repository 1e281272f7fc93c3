import { expect, it } from 'vitest'
import { PerfKitError } from '../../src/errors/index.ts'
import { describeLoad, type McpRequests, type McpSessionOptions } from '../../src/load/index.ts'
import { planLoad } from '../../src/load/load-options.ts'

const steady = { loop: 'closed', phases: [{ from: 10, to: 10, durationNs: 1e9 }] } as const
const plan = (mcp: McpRequests, mcpSession: McpSessionOptions = {}) =>
  planLoad({ url: 'http://127.0.0.1/mcp', ...steady, mcp, mcpSession })
const ping = { method: 'ping', params: {} }
const echo = { method: 'tools/call', params: { name: 'echo' } }

it.each<[string, McpRequests, string]>([
  ['nothing in it', [], 'a mix needs an operation'],
  ['a weight of 0', [{ ...ping, weight: 0 }, echo], 'the weight of ping must be a number above 0, and is 0'],
  ['a negative weight', [{ ...echo, weight: -1 }], 'the weight of tools/call echo must be a number above 0, and is -1'],
  ['a weight that is no number', [{ ...ping, weight: Number.NaN }], 'and is NaN'],
  ['an endless weight', [{ ...ping, weight: Infinity }], 'and is Infinity'],
  ['more than can be told apart', Array.from({ length: 51 }, () => ping), 'a mix may have 50 operations at most'],
])('a mix with %s is refused', (_title, mcp, says) => {
  expect(() => plan(mcp)).toThrow(says)
  expect(() => plan(mcp)).toThrow(PerfKitError)
})

const unsubscribe = { method: 'resources/unsubscribe', params: { uri: 'a:1' } }

it.each<[string, McpSessionOptions, string]>([
  ['of no requests', { requestsPerSession: 0 }, 'requests of a session must be a whole number above 0'],
  ['of half a request', { requestsPerSession: 1.5 }, 'requests of a session must be a whole number above 0'],
  ['that cancel nothing', { cancel: { shareRatio: 0, afterNs: 1 } }, 'must be above 0 %, and 100 % at most'],
  ['that cancel no number', { cancel: { shareRatio: Number.NaN, afterNs: 1 } }, 'must be above 0 %, and 100 % at most'],
  ['that cancel early', { cancel: { shareRatio: 1, afterNs: -1 } }, 'calls cannot be cancelled before they are sent'],
  ['that subscribe to nothing', { subscribe: [] }, 'there must be a resource to subscribe to'],
  ['that end what they hear of', { subscribe: ['a:1'] }, 'resources/unsubscribe a:1 would end what sessions are'],
])('sessions %s are refused', (_title, session, says) => {
  expect(() => plan([ping, unsubscribe], session)).toThrow(says)
})

it('is described by shares, so that 8 to 2 is the same load as 4 to 1', () => {
  const described = (mcp: McpRequests) => describeLoad(plan(mcp))
  expect(described(echo)).toBe('tools/call echo · 10 clients')
  expect(
    described([
      { ...echo, weight: 8 },
      { ...ping, weight: 2 },
    ]),
  ).toBe('tools/call echo 80 %, ping 20 % · 10 clients')
  expect(described([{ ...echo, weight: 4 }, ping])).toBe(
    described([
      { ...echo, weight: 8 },
      { ...ping, weight: 2 },
    ]),
  )
  expect(described([ping, { ...ping, name: 'b' }, { ...ping, name: 'c' }])).toBe(
    'ping 33.3 %, b 33.3 %, c 33.3 % · 10 clients',
  )
})
