import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { LONGEST_ANSWER_BYTES, LONGEST_QUESTION_BYTES } from '../../../src/target/agent/messages.ts'
import { RunningAgent } from './running-agent.ts'

const refusal = (code: string, id: number | null) => ({ v: 1, id, error: { code, message: expect.any(String) } })
const hello = (token: string, id = 1) => `${JSON.stringify({ v: 1, id, ask: 'hello', token })}\n`

describe('the agent shows the door to a client', { concurrent: true }, () => {
  it.each([
    ['that has another token', hello('0'.repeat(48)), refusal('TOKEN', 1)],
    ['that has no token', '{"v":1,"id":1,"ask":"hello"}\n', refusal('TOKEN', 1)],
    ['whose token is no text', '{"v":1,"id":1,"ask":"hello","token":{"length":48}}\n', refusal('TOKEN', 1)],
    ['that asks before it says hello', '{"v":1,"id":7,"ask":"sample"}\n', refusal('TOKEN', 7)],
    ['that speaks another version', '{"v":2,"id":3,"ask":"hello"}\n', refusal('VERSION', 3)],
    ['that speaks no JSON', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n', refusal('QUESTION', null)],
    ['that sends bytes that are no text', Buffer.from([0xff, 0x00, 0xfe, 0x0a]), refusal('QUESTION', null)],
    ['that asks nothing', 'null\n', refusal('QUESTION', null)],
    ['whose question has no number', '{"v":1,"ask":"hello"}\n', refusal('QUESTION', null)],
    ['whose question never ends', 'x'.repeat(LONGEST_QUESTION_BYTES + 1), refusal('TOO_LONG', null)],
  ])('%s', async (_title, said, answer) => {
    await using agent = await RunningAgent.start()
    const client = await agent.client()
    client.say(said)
    expect(await client.saidUntilTheEnd()).toEqual([answer])
    expect(await agent.works()).toBe(true)
  })

  it('once: what it says after that is not heard', async () => {
    await using agent = await RunningAgent.start()
    const client = await agent.client()
    client.say(`${hello('wrong')}${hello(agent.folder.token, 2)}{"v":1,"id":3,"ask":"sample"}\n`)
    expect(await client.saidUntilTheEnd()).toEqual([refusal('TOKEN', 1)])
  })

  it('that says nothing', async () => {
    await using agent = await RunningAgent.start()
    const client = await agent.client()
    expect(await client.saidUntilTheEnd()).toEqual([])
    expect(await agent.works()).toBe(true)
  })

  it('that asks on and on and does not listen', async () => {
    await using agent = await RunningAgent.start()
    const client = await agent.knownClient()
    client.socket.pause()
    // Each answer has more than a hundred bytes.
    const questions = '{"v":1,"id":1,"ask":"hello"}\n'.repeat(1_000)
    for (let sent = 0; sent < LONGEST_ANSWER_BYTES / 10 && !client.socket.destroyed; sent += 1_000) {
      if (!client.socket.write(questions)) await sleep(5)
    }
    expect(client.socket.destroyed).toBe(true)
    expect(await agent.works()).toBe(true)
  })
})

describe('a client that is known', { concurrent: true }, () => {
  it('gets each answer with the number of its question, whatever it asks between', async () => {
    await using agent = await RunningAgent.start()
    const client = await agent.knownClient()
    expect(await client.ask({ ask: 'fly' })).toMatchObject({ error: { code: 'QUESTION' } })
    expect(await client.ask({ ask: '__proto__' })).toMatchObject({ error: { code: 'QUESTION' } })
    expect(await client.ask({ ask: 'sample', restart: 'perhaps' })).toMatchObject({ ok: { pausesLost: 0 } })
    expect(await client.ask({ ask: 'handles' })).toMatchObject({ ok: { TCPServerWrap: 1 } })
    expect(await agent.works()).toBe(true)
  })

  it('may send its questions in pieces, or many at once', async () => {
    await using agent = await RunningAgent.start()
    const client = await agent.client()
    for (const piece of hello(agent.folder.token).match(/.{1,7}\n?/gs) ?? []) {
      client.say(piece)
      await sleep(2)
    }
    await client.answerTo(1)
    client.say([2, 3, 4].map((id) => `{"v":1,"id":${id},"ask":"handles"}\n`).join(''))
    for (const id of [2, 3, 4]) expect(await client.answerTo(id)).toMatchObject({ ok: {} })
  })

  it('is not disturbed by another one', async () => {
    await using agent = await RunningAgent.start()
    const [first, second] = [await agent.knownClient(), await agent.knownClient()]
    await first.ask({ ask: 'sample' })
    await second.ask({ ask: 'sample' })
    await sleep(100)
    await fetch(new URL('/stall?ms=300', agent.url))
    expect(await second.ask({ ask: 'sample', restart: true })).toMatchObject({ ok: { delay: { maxNs: over(200) } } })
    second.socket.destroy()
    await second.closed
    expect(await first.ask({ ask: 'sample' })).toMatchObject({ ok: { delay: { maxNs: over(200) } } })
    expect(await agent.works()).toBe(true)
  })

  it('goes on when the folder of the sockets has vanished', async () => {
    await using agent = await RunningAgent.start()
    const client = await agent.knownClient()
    await rm(agent.folder.path, { recursive: true })
    expect(await client.ask({ ask: 'sample' })).toMatchObject({ ok: { pausesLost: 0 } })
    expect(await agent.folder.sockets()).toEqual([])
    expect(await agent.works()).toBe(true)
  })
})

it('lets in no more than some clients at a time, and others again when they have left', async () => {
  await using agent = await RunningAgent.start()
  const known = await Promise.all(Array.from({ length: 8 }, () => agent.knownClient()))
  await expect(agent.knownClient()).rejects.toThrow('it ended the conversation')
  for (const { socket } of known) socket.destroy()
  await expect.poll(async () => await agent.knownClient().catch(() => undefined)).toBeDefined()
})

function over(ms: number): unknown {
  return expect.toSatisfy((value: unknown) => typeof value === 'number' && value > ms * 1e6, `over ${ms} ms`)
}
