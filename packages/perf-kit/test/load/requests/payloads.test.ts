import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createLoadEngine, planLoad } from '../../../src/load/index.ts'
import { withPayloads } from '../../../src/load/requests/payloads.ts'
import { drive, inTurn, steady } from '../drive.ts'
import { mcpTarget, well } from '../mcp-target.ts'
import { recordingServer } from '../recording-server.ts'

describe('{{payload 10kB}}', () => {
  it('is a text of that size, the same each time, of letters that are escaped nowhere', () => {
    const text = withPayloads('{{payload 10kB}}')
    expect(text).toHaveLength(10_000)
    expect(text).toMatch(/^[\w-]+$/)
    expect(withPayloads('<{{ payload 10kB }}>')).toBe(`<${text}>`)
    expect(withPayloads('{{payload 1KiB}}{{payload 3B}}')).toHaveLength(1_027)
  })

  it('is hardly to be compressed', () => {
    expect(gzipSync(withPayloads('{{payload 100kB}}')).length).toBeGreaterThan(70_000)
  })

  it.each(['{{payload 10}}', '{{payload kB}}', '{{payload -1kB}}', '{{payload 65MiB}}', '{{payload }}'])(
    'is refused as %s',
    (text) => {
      expect(() => withPayloads(text)).toThrow(`${text} has no size, or one of more than 64 MiB`)
    },
  )

  it('stands in a body, a header and a path, and needs no data', async () => {
    await using server = await recordingServer()
    const options = { headers: { 'x-long': '{{payload 100B}}' }, body: Buffer.from('{"a":"{{payload 1kB}}"}') }
    await drive(`${server.url}{{payload 50B}}`, { ...options, ...inTurn(2) })
    const [first] = server.received
    expect(first?.url).toHaveLength(51)
    expect(first?.headers['x-long']).toHaveLength(100)
    expect(JSON.parse(first?.body ?? '').a).toHaveLength(1_000)
    expect(first?.headers['content-length']).toBe('1008')
  })

  it('stands in requests of a list and in arguments of tools', async () => {
    await using server = await recordingServer()
    const requests = [{ path: '/{{payload 20B}}', headers: { a: '{{payload 5B}}' }, body: '{{payload 30B}}' }]
    await drive(server.url, { requests, ...inTurn(2) })
    const [first] = server.received
    expect([first?.url.length, first?.headers['a']?.length, first?.body.length]).toEqual([21, 5, 30])
    await using target = await mcpTarget(well)
    const call = (size: string) => ({
      method: 'tools/call',
      params: { name: 'echo', arguments: { deep: [{ message: `{{payload ${size}}}` }] } },
    })
    await drive(target.url, { mcp: [call('2kB'), call('4kB')], ...inTurn(20) })
    const lengths = target.seen.flatMap(({ message }) =>
      message.method === 'tools/call' ? [JSON.stringify(message.params?.['arguments']).length] : [],
    )
    expect(new Set(lengths)).toEqual(new Set([2_025, 4_025]))
  })

  it('is beside rows of data what it is without them', async () => {
    await using server = await recordingServer()
    const data = { name: 'one', rows: [{ id: 7 }] }
    const body = Buffer.from('{"id":"{{id}}","text":"{{payload 1kB}}"}')
    await drive(server.url, { data, body, ...inTurn(2) })
    const { id, text } = JSON.parse(server.received[0]?.body ?? '')
    expect([id, text.length]).toEqual([7, 1_000])
  })

  it('is filled for other engines too', async () => {
    await using server = await recordingServer()
    const options = { url: server.url, loop: 'closed', phases: steady(1, 300) } as const
    await createLoadEngine('autocannon', { ...options, body: Buffer.from('{{payload 40B}}') }).run()
    expect(server.received[0]?.body).toHaveLength(40)
  })

  it('changes nothing where it does not stand', () => {
    const body = Buffer.from([0xff, ...Buffer.from('{{payload 1kB}}')])
    const { request } = planLoad({ url: 'http://127.0.0.1/', loop: 'closed', phases: steady(1, 100), body })
    expect(Buffer.from(request.bytes).subarray(-body.length)).toEqual(body)
  })
})
