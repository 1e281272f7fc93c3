import { expect, it } from 'vitest'
import { PerfKitError } from '../../../src/errors/index.ts'
import { describeRequest, type LoadData, type LoadOptions, planLoad } from '../../../src/load/index.ts'

const CLOSED = {
  url: 'http://127.0.0.1/u/{{id}}',
  loop: 'closed',
  phases: [{ from: 1, to: 1, durationNs: 1e9 }],
} as const
const DATA: LoadData = { name: 'users.csv', rows: [{ id: '1', name: 'Ada' }], lines: [2] }

function refusal(options: Partial<LoadOptions>): { readonly code: string; readonly told: string } {
  try {
    planLoad({ ...CLOSED, data: DATA, ...options })
  } catch (error) {
    if (error instanceof PerfKitError) return { code: error.code, told: `${error.message} → ${error.remedy}` }
    throw error
  }
  throw new Error('it was not refused')
}

const users = (rows: LoadData['rows']): LoadData => ({
  name: 'users.csv',
  rows,
  lines: rows.map((_, index) => 2 + index),
})

it.each<[string, Partial<LoadOptions>, string]>([
  [
    'a column that is not there',
    { url: 'http://127.0.0.1/{{nmae}}' },
    'users.csv has no column "nmae", which the path takes — did you mean "name"? → It has id, name.',
  ],
  ['no columns that are used', { url: 'http://127.0.0.1/' }, 'nothing takes a value from users.csv'],
  ['no rows', { data: users([]) }, 'users.csv has no rows'],
  [
    'a row without the column',
    { data: users([{ id: 1 }, { name: 2 }, { id: 3 }, {}]) },
    'users.csv:3: has no "id"\nusers.csv:5: has no "id"',
  ],
  [
    'a value that no header can carry',
    { headers: { 'x-name': 'a {{name}}' }, data: users([{ id: 1, name: 'a\nhunter2' }]) },
    'users.csv:2: the value of "name" has bytes that a header cannot carry, in the header x-name',
  ],
  [
    'a value that is no JSON where it must be',
    { body: Buffer.from('{"name": {{name}}}'), data: users([{ id: 1, name: 'hunter2' }]) },
    'users.csv:2: the value of "name" is no JSON, and stands outside of quotes, in the body',
  ],
  [
    'rows of a program',
    { data: { name: 'users', rows: [{ id: 1 }, { id: undefined }] } },
    'row 2 of users: has no "id"',
  ],
])('%s is told before anything is sent', (_title, options, says) => {
  const { code, told } = refusal(options)
  expect(code).toBe('LOAD_FILE_INVALID')
  expect(told).toContain(says)
  expect(told).not.toContain('hunter2')
})

it('tells of the first rows only where all are wrong', () => {
  const { told } = refusal({ data: users(Array.from({ length: 1_000 }, (_, index) => (index === 0 ? { id: 1 } : {}))) })
  expect(told.split('\n')).toHaveLength(5)
})

it('cannot fill the URL and the headers of MCP, whose sessions belong to one user', () => {
  const mcp = { method: 'tools/call', params: { name: 'echo', arguments: { a: '{{id}}' } } }
  expect(refusal({ mcp }).told).toContain('neither its URL nor its headers')
  const url = 'http://127.0.0.1/mcp'
  expect(refusal({ mcp, url, headers: { authorization: '{{id}}' } }).told).toContain('neither its URL nor its headers')
  expect(describeRequest(planLoad({ ...CLOSED, url, data: DATA, mcp }))).toBe('tools/call echo, rows of users.csv')
})

it('takes no more to the threads than the columns that are used, of each row once', () => {
  const rows = [
    { id: 1, unused: 'x'.repeat(1_000) },
    { id: 2, unused: 'x'.repeat(1_000) },
  ]
  const { data, variants } = planLoad({ ...CLOSED, data: users(rows) })
  expect(data?.columns).toEqual(['id'])
  expect(Buffer.from(data?.json ?? []).toString()).toBe('[1][2]')
  expect(variants).toMatchObject({ kind: 'list', requests: [{ name: 'GET /u/{{id}}', shareRatio: 1 }] })
})

it('means nothing without data: braces are braces', () => {
  const { variants, request } = planLoad({ ...CLOSED, headers: { 'x-a': '{{id}}' } })
  expect(variants).toBeUndefined()
  expect(Buffer.from(request.bytes).toString()).toContain('GET /u/%7B%7Bid%7D%7D HTTP/1.1\r\n')
  expect(Buffer.from(request.bytes).toString()).toContain('x-a: {{id}}\r\n')
})
