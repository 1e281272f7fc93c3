import { describe, expect, it } from 'vitest'
import { type LoadOptions, type LoadResult, toLoadRun } from '../../src/load/index.ts'
import { drive, FACTS, inTurn, steady } from './drive.ts'
import { json, type McpRequest, mcpTarget, reply } from './mcp-target.ts'
import { scriptedTarget } from './scripted-target.ts'

const call = (args: object = {}) => ({ method: 'tools/call', params: { name: 'echo', arguments: args } })

const notesOf = (result: LoadResult, code: string): string[] =>
  toLoadRun(result, FACTS)
    .warnings.filter((note) => note.code === code)
    .map(({ message }) => message)

async function saidWith(answer: (request: McpRequest) => object, given: Partial<LoadOptions> = {}): Promise<string[]> {
  await using target = await mcpTarget((request) => json(request.message.id, answer(request)))
  const options = { mcp: call(), loop: 'open', phases: steady(50, 300), threads: 2, ...given } as const
  const result = await drive(`${target.url}?key=query-secret&next=/a?t=raw%2Bsecret`, options)
  return notesOf(result, 'TARGET_SAID')
}

const toolError = (text: string) => ({
  result: { isError: true, content: [{ type: 'image' }, { type: 'text', text }] },
})

describe('what a target says when it answers with an error', { concurrent: true }, () => {
  it('is told once, of a tool and of the protocol', async () => {
    expect(await saidWith(() => toolError('Tool echo\nnot found'))).toEqual([
      'the first TOOL ERROR said: “Tool echo not found”',
    ])
    const error = { code: -32_602, message: 'Invalid params' }
    expect(await saidWith(() => ({ error }))).toEqual(['the first RPC -32602 said: “Invalid params”'])
  })

  it('is nothing when it says nothing, or no text', async () => {
    expect(await saidWith(() => ({ result: { isError: true, content: [] } }))).toEqual([])
    expect(await saidWith(() => ({ result: { isError: true, content: 'text' } }))).toEqual([])
    expect(await saidWith(() => ({ error: { code: 1, message: { a: 1 } } }))).toEqual([])
    expect(await saidWith(() => ({ result: { content: [{ type: 'text', text: 'well' }] } }))).toEqual([])
  })

  it('leaves out what it repeats of headers, the query and arguments', async () => {
    const text =
      'header-secret, Bearer header-secret, query-secret, raw%2Bsecret, raw+secret, 482913, dXNlcjpwYXNz and argument secret are of no use: ab'
    const said = await saidWith(() => toolError(text), {
      headers: { authorization: 'Bearer header-secret', 'x-basic': 'dXNlcjpwYXNz' },
      mcp: call({ list: [{ deep: 'argument secret' }], short: 'ab', pin: 482_913 }),
    })
    expect(said).toEqual(['the first TOOL ERROR said: “…, …, …, …, …, …, … and … are of no use: ab”'])
  })

  it.each<[string, object]>([
    ['a tool without arguments', { name: 'searching' }],
    ['a tool', { name: 'searching', arguments: { query: 'argument-secret' } }],
    ['a resource', { uri: 'searching' }],
  ])('names %s, as the report does', async (_title, params) => {
    const mcp = { method: 'any/method', params }
    const said = await saidWith(() => toolError('searching does not know argument-secret'), { mcp })
    const rest = 'arguments' in params ? '…' : 'argument-secret'
    expect(said).toEqual([`the first TOOL ERROR said: “searching does not know ${rest}”`])
  })

  it('leaves out what else stands among the parameters, of whatever name', async () => {
    const params = {
      name: 'searching',
      ref: { name: 'inner-secret' },
      _meta: { token: 'meta-secret' },
      uri: 'file:///secret',
    }
    const text = 'searching, inner-secret, meta-secret, file:///secret'
    expect(await saidWith(() => toolError(text), { mcp: { method: 'any/method', params } })).toEqual([
      'the first TOOL ERROR said: “searching, …, …, …”',
    ])
  })

  it('hides an argument that is called as its tool is', async () => {
    const mcp = { method: 'tools/call', params: { name: 'searching', arguments: { message: 'searching' } } }
    expect(await saidWith(() => toolError('searching'), { mcp })).toEqual(['the first TOOL ERROR said: “…”'])
  })

  it('is not told where rows fill what is asked: their values may be in it', async () => {
    const options = { mcp: call({ message: '{{token}}' }), data: { name: 'rows', rows: [{ token: 'hunter2' }] } }
    expect(await saidWith(() => toolError('hunter2'), options)).toEqual([])
  })

  it('is cut where it goes on and on', async () => {
    const [said = ''] = await saidWith(() => toolError('x'.repeat(100_000)))
    expect(said).toBe(`the first TOOL ERROR said: “${'x'.repeat(200)}…”`)
  })

  it('is told of ten outcomes at most', async () => {
    let code = 0
    const said = await saidWith(() => ({ error: { code: code++, message: 'no' } }), { threads: 1 })
    expect(said).toHaveLength(10)
  })
})

describe('a URL that looks like one of MCP', () => {
  const notesAt = async (path: string, status: string, options: Partial<LoadOptions> = {}): Promise<number> => {
    await using target = await scriptedTarget(({ socket }) => socket.write(reply(status)))
    const result = await drive(new URL(path, target.url).href, { ...inTurn(3), ...options })
    return notesOf(result, 'PERHAPS_MCP').length
  }

  it('is told of as that when all that is asked is refused', async () => {
    expect(await notesAt('/mcp', '400 Bad Request')).toBe(1)
    expect(await notesAt('/v1/mcp/?a=b', '406 Not Acceptable')).toBe(1)
    expect(await notesAt('/mcp', '200 OK')).toBe(0)
    expect(await notesAt('/mcpx', '400 Bad Request')).toBe(0)
    expect(await notesAt('/mcp', '503 Busy')).toBe(0)
    expect(await notesAt('/mcp', '400 Bad Request', { mcp: call() })).toBe(0)
  })
})
