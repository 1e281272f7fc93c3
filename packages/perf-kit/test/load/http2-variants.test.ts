import { expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { drive, inTurn, steady } from './drive.ts'
import { http2Target } from './http2-target.ts'

async function recordingTarget() {
  const received: string[] = []
  const target = await http2Target(async ({ stream, headers }) => {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk)
    received.push(`${headers[':method']} ${headers[':path']} ${headers['x-id']} ${Buffer.concat(chunks).toString()}`)
    stream.respond({ ':status': 200 })
    stream.end('ok')
  })
  return { target, received }
}

it('requests of a list are filled and drawn over HTTP/2 as over HTTP/1.1', async () => {
  const { target, received } = await recordingTarget()
  await using _ = target
  const result = await drive(target.url, {
    httpVersion: '2',
    headers: { 'X-Id': '{{id}}' },
    requests: [{ path: '/u/{{id}}' }, { method: 'PUT', path: '/é', body: '{"id":"{{id}}"}' }],
    data: { name: 'rows', rows: [{ id: 1 }, { id: 2 }] },
    ...inTurn(40),
  })
  expect(Object.fromEntries(result.outcomes)).toEqual({ 'HTTP 200': 40 })
  expect(new Set(received)).toEqual(
    new Set(['GET /u/1 1 ', 'GET /u/2 2 ', 'PUT /%C3%A9 1 {"id":1}', 'PUT /%C3%A9 2 {"id":2}']),
  )
  expect(result.operations.reduce((sum, { finished }) => sum + finished, 0)).toBe(40)
})

it('a module is asked for requests over HTTP/2, which has no place for headers of a connection', async () => {
  const { target, received } = await recordingTarget()
  await using _ = target
  await using project = await TemporaryProject.create({
    'requests.ts': "export default () => () => ({ path: '/m', headers: { 'x-id': '7' }, body: 'b' })",
    'keeps.ts': "export default () => () => ({ headers: { 'Keep-Alive': '5' } })",
  })
  const options = { httpVersion: '2', ...inTurn(3) } as const
  await drive(target.url, { ...options, requestModule: project.path('requests.ts') })
  expect(received).toEqual(Array.from({ length: 3 }, () => 'POST /m 7 b'))
  await expect(drive(target.url, { ...options, requestModule: project.path('keeps.ts') })).rejects.toThrow(
    'HTTP/2 has no place for Keep-Alive among the headers',
  )
  const requests = [{ headers: { 'Keep-Alive': '5' } }]
  await expect(drive(target.url, { httpVersion: '2', requests, phases: steady(1, 100) })).rejects.toThrow(
    'HTTP/2 has no place for Keep-Alive among the headers',
  )
})
