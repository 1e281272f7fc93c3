import { describe, expect, it } from 'vitest'
import { drive, outcomesOf, steady } from './drive.ts'
import { deadPort, type Exchange, OK, scriptedTarget } from './scripted-target.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n'

describe('a target that misbehaves is counted, by what it did, and never hangs the run', { concurrent: true }, () => {
  it.each<[string, (exchange: Exchange) => void, string]>([
    ['resets before an answer', ({ socket }) => socket.resetAndDestroy(), 'ECONNRESET'],
    ['closes before an answer', ({ socket }) => socket.end(), 'CLOSED'],
    [
      'resets in the middle of a body',
      ({ socket }) => socket.write(`${HEAD}Content-Length: 100\r\n\r\nhalf`, () => socket.resetAndDestroy()),
      'ECONNRESET',
    ],
    [
      'closes in the middle of a body',
      ({ socket }) => socket.end(`${HEAD}Content-Length: 100\r\n\r\nhalf`),
      'PROTOCOL TRUNCATED',
    ],
    ['answers garbage', ({ socket }) => socket.write('\x00\x01\x02 what?\r\n\r\n'), 'PROTOCOL STATUS_LINE'],
    ['answers HTTP/0.9', ({ socket }) => socket.end('<html>hello</html>'), 'PROTOCOL STATUS_LINE'],
    [
      'has a shorter length than body',
      ({ socket }) => socket.write(`${HEAD}Content-Length: 1\r\n\r\nok`),
      'PROTOCOL EXCESS',
    ],
    [
      'has no number for a length',
      ({ socket }) => socket.write(`${HEAD}Content-Length: ten\r\n\r\n`),
      'PROTOCOL CONTENT_LENGTH',
    ],
    ['never answers', () => undefined, 'TIMEOUT'],
    ['has a longer length than body', ({ socket }) => socket.write(`${HEAD}Content-Length: 3\r\n\r\nok`), 'TIMEOUT'],
    ['sends events without end', ({ socket }) => void streamEvents(socket), 'TIMEOUT'],
    [
      'redirects',
      ({ socket }) => socket.write('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'),
      'HTTP 302',
    ],
    ['fails', ({ socket }) => socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'), 'HTTP 503'],
    ['upgrades', ({ socket }) => socket.write('HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n'), 'PROTOCOL UPGRADE'],
  ])('%s', async (_title, answer, outcome) => {
    await using target = await scriptedTarget(answer)
    const result = await drive(target.url, outcome === 'TIMEOUT' ? { timeoutNs: 400e6 } : {})
    expect(outcomesOf(result)).toEqual([outcome])
    expect(result.isComplete).toBe(true)
    expect(result.finished).toBe(result.offered)
  })

  it('sends more than was asked for after the answer: told, although no request failed', async () => {
    await using target = await scriptedTarget(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      setTimeout(() => socket.write('more'), 500)
    })
    const result = await drive(target.url, { phases: steady(1, 2_000), thinkNs: 4_000e6 })
    expect(outcomesOf(result)).toEqual(['HTTP 200', 'PROTOCOL EXCESS between requests'])
    expect(result.failed).toBe(0)
  })

  it('refuses connections', async () => {
    const result = await drive(`http://127.0.0.1:${await deadPort()}/`)
    expect(outcomesOf(result)).toEqual(['ECONNREFUSED'])
    expect(result.responseOk.totalCount).toBe(0)
  })

  it('refuses connections, in an open loop: each request fails by itself', async () => {
    const result = await drive(`http://127.0.0.1:${await deadPort()}/`, { loop: 'open', phases: steady(100, 300) })
    expect(Object.fromEntries(result.outcomes)).toEqual({ ECONNREFUSED: 30 })
  })

  it('sends a header without end', async () => {
    await using target = await scriptedTarget(({ socket }) => {
      socket.write(`${HEAD}X: `)
      flood(socket, 'x'.repeat(10_000))
    })
    expect(outcomesOf(await drive(target.url))).toEqual(['PROTOCOL HEAD_TOO_LARGE'])
  })

  it('sends a body without end', async () => {
    await using target = await scriptedTarget(({ socket }) => {
      socket.write(`${HEAD}\r\n`)
      flood(socket, 'x'.repeat(60_000))
    })
    const result = await drive(target.url, { maxAnswerBytes: 1e6 })
    expect(outcomesOf(result)).toEqual(['PROTOCOL BODY_TOO_LARGE'])
  })

  it('gets a body of any bytes as they are, short or long', async () => {
    const bodies = [Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), Buffer.alloc(50_000, 'é')]
    for (const body of bodies) {
      let received = ''
      await using target = await scriptedTarget(({ socket, text }) => {
        received += text
        if (received.length >= body.length + received.indexOf('\r\n\r\n') + 4) {
          expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe(body.toString('latin1'))
          received = ''
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        }
      })
      const result = await drive(target.url, { phases: steady(1, 200), body })
      expect(outcomesOf(result)).toEqual(['HTTP 200'])
    }
  })

  it('answers 100 MB, which are counted and not kept', async () => {
    const piece = Buffer.alloc(1e6, 'x')
    await using target = await scriptedTarget(async ({ socket }) => {
      socket.write(`${HEAD}Content-Length: 100000000\r\n\r\n`)
      for (let sent = 0; sent < 100 && !socket.destroyed; sent++) await write(socket, piece)
    })
    // One, which is sent however late a busy machine comes to it.
    const result = await drive(target.url, { loop: 'open', phases: steady(10, 100), timeoutNs: 20e9 })
    expect(outcomesOf(result)).toEqual(['HTTP 200'])
    expect(result.receivedBytes).toBe(result.finished * 100e6)
  })

  it('dies in mid-run: what came before counts, and what came after as what it was', async () => {
    await using target = await scriptedTarget(({ socket }) => socket.write(OK))
    const running = drive(target.url, { loop: 'open', phases: steady(100, 1_500) })
    while (target.requests() < 20) await new Promise((resolve) => setTimeout(resolve, 10))
    await target[Symbol.asyncDispose]()
    const result = await running
    expect(result.isComplete).toBe(true)
    expect(result.finished).toBe(150)
    expect(result.outcomes.get('HTTP 200')).toBeGreaterThan(0)
    expect(result.outcomes.get('ECONNREFUSED')).toBeGreaterThan(0)
  })
})

function streamEvents(socket: Exchange['socket']): void {
  socket.write(`${HEAD}Content-Type: text/event-stream\r\n\r\n`)
  const timer = setInterval(() => socket.write('data: {}\n\n'), 20)
  socket.on('close', () => clearInterval(timer))
}

/** As fast as the other side takes it. */
function flood(socket: Exchange['socket'], text: string): void {
  const more = (error?: Error | null): void => {
    if (!error && !socket.destroyed) socket.write(text, more)
  }
  more()
}

function write(socket: Exchange['socket'], bytes: Buffer): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => resolve()))
}
