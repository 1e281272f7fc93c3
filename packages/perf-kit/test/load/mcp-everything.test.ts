import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { drive, outcomesOf, steady } from './drive.ts'
import { deadPort } from './scripted-target.ts'

const ENTRY = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'))
const call = (name: string, args: object = {}) => ({ method: 'tools/call', params: { name, arguments: args } })
const URI = 'demo://resource/dynamic/text/1'

/** The server that the protocol's makers show it with, by Streamable HTTP. */
async function everything(): Promise<{ readonly url: string } & AsyncDisposable> {
  const port = await deadPort()
  const child = spawn(process.execPath, [ENTRY, 'streamableHttp'], {
    env: { PATH: process.env['PATH'], PORT: String(port) },
    // It writes a line for each request.
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exit = once(child, 'exit')
  for await (const text of child.stderr.setEncoding('utf8')) if (String(text).includes('listening')) break
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exit
    },
  }
}

describe('a server that somebody else has written', { concurrent: true }, () => {
  it('answers a mix for some seconds, with sessions that come and go, and all that was asked is accounted for', async () => {
    await using server = await everything()
    const mcp = [
      { ...call('echo', { message: 'hello' }), weight: 6 },
      { ...call('get-sum', { a: 1, b: 2 }), weight: 3 },
      { method: 'tools/list', params: {} },
      { method: 'ping', params: {} },
      { method: 'resources/read', params: { uri: URI } },
      { method: 'resources/subscribe', params: { uri: URI } },
      { method: 'resources/unsubscribe', params: { uri: URI } },
      call('nobody-has-this'),
    ]
    const mcpSession = { requestsPerSession: 25, progress: true }
    const result = await drive(server.url, { mcp, mcpSession, phases: steady(4, 2_000) })
    // Its library tells of an unknown tool in a result, not as an error of the protocol.
    expect(outcomesOf(result)).toEqual(['HTTP 200', 'TOOL ERROR'])
    const operations = result.operations
    expect(operations.reduce((sum, { finished }) => sum + finished, 0)).toBe(result.finished)
    expect(operations.map(({ finished }) => finished > 0)).toEqual(operations.map(() => true))
    expect(operations.filter(({ failed }) => failed > 0).map(({ name }) => name)).toEqual([
      'tools/call nobody-has-this',
    ])
    expect(result.outcomes.get('TOOL ERROR')).toBe(operations.at(-1)?.finished)
    expect(result.mcp?.sessionOpen.totalCount).toBeGreaterThan(result.finished / 25 - 1)
    expect(result.isComplete).toBe(true)
  })

  it('tells of progress, and of resources, and lets calls be cancelled', async () => {
    await using server = await everything()
    const long = call('trigger-long-running-operation', { duration: 0.2, steps: 4 })
    const progressing = await drive(server.url, { mcp: long, mcpSession: { progress: true }, phases: steady(3, 1_000) })
    expect(outcomesOf(progressing)).toEqual(['HTTP 200'])
    expect(progressing.mcp?.progressEvents).toBe(4 * progressing.finished)

    const endless = call('trigger-long-running-operation', { duration: 60, steps: 1 })
    const mcpSession = { cancel: { shareRatio: 1, afterNs: 100e6 } }
    const cancelled = await drive(server.url, { mcp: endless, mcpSession, phases: steady(3, 1_000) })
    expect(outcomesOf(cancelled)).toEqual(['CANCELLED'])
    expect(cancelled.cancelled).toBeGreaterThan(2)

    // It begins to publish when it is called, at once and then each five seconds, and says no time.
    const toggle = call('toggle-subscriber-updates')
    const subscribed = await drive(server.url, {
      mcp: toggle,
      mcpSession: { subscribe: [URI] },
      loop: 'open',
      phases: steady(1, 1_000),
    })
    expect(outcomesOf(subscribed)).toEqual(['HTTP 200'])
    const { arrived = 0, untimed } = subscribed.mcp?.deliveries.counts ?? {}
    expect(arrived).toBeGreaterThan(0)
    expect(untimed).toBe(arrived)
  })
})
