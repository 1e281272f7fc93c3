import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  request,
} from 'node:http'
import { connect } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { startGateway } from '../src/gateway.ts'
import { refusal } from '../src/http-checks.ts'
import { SessionPeers } from '../src/session-peers.ts'

const OF_OTHER = { 'mcp-session-id': '2.a-session' }
const BIG = Buffer.alloc(3_000_000, 'x')

describe('a request of a session that another process has', () => {
  it('is passed on with its answer, but nothing of what is about the connections', async () => {
    const heard: IncomingMessage['headers'][] = []
    await using other = await listen((req, res) => {
      heard.push(req.headers)
      const own = {
        connection: 'close, x-back',
        'x-back': '1',
        'keep-alive': 'timeout=1',
        'proxy-authenticate': 'Basic',
      }
      res.writeHead(201, { ...own, 'x-end': 'answered' }).end('done')
    })
    await using front = await listenInFrontOf(other.port)
    const own = { connection: 'close, x-hop', 'x-hop': '1', te: 'trailers', 'proxy-authorization': 'Basic c2VjcmV0' }
    const answer = await send(front.port, { headers: { ...OF_OTHER, ...own, upgrade: 'h2c', 'x-end': 'asked' } })
    expect(heard).toEqual([
      { ...OF_OTHER, 'x-end': 'asked', host: `127.0.0.1:${other.port}`, connection: 'keep-alive' },
    ])
    expect([answer.statusCode, await text(answer)]).toEqual([201, 'done'])
    expect(answer.headers).toMatchObject({ 'x-end': 'answered' })
    for (const name of Object.keys({ 'x-back': '', 'proxy-authenticate': '' }))
      expect(answer.headers).not.toHaveProperty(name)
    expect(answer.headers.connection).not.toContain('x-back')
  })

  it.each(['GET', 'DELETE', 'POST'])(
    'has its body framed, by %s too: it is not read as a request of its own',
    async (method) => {
      const heard: string[] = []
      await using other = await listen(async (req, res) => {
        heard.push(`${req.method} ${await text(req)}`)
        res.end()
      })
      await using front = await listenInFrontOf(other.port)
      const body = 'POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n'
      const headers = { ...OF_OTHER, 'transfer-encoding': 'chunked' }
      await text(await send(front.port, { method, headers }, body))
      await text(await send(front.port, { method, headers: { ...OF_OTHER, 'content-length': '4' } }, 'next'))
      expect(heard).toEqual([`${method} ${body}`, `${method} next`])
    },
  )

  it('is answered to a client of HTTP/1.0 without chunks', async () => {
    await using other = await listen((_req, res) => {
      res.write('in ')
      res.end('pieces')
    })
    await using front = await listenInFrontOf(other.port)
    const socket = connect(front.port, '127.0.0.1')
    socket.write(`GET /mcp HTTP/1.0\r\nMcp-Session-Id: ${OF_OTHER['mcp-session-id']}\r\n\r\n`)
    const [head = '', body] = (await text(socket)).split('\r\n\r\n')
    expect(head.toLowerCase()).not.toContain('transfer-encoding')
    expect(body).toBe('in pieces')
  })

  it('is refused when that process is gone, and the connection goes on, whatever was still to come on it', async () => {
    const other = await listen(() => undefined)
    await other[Symbol.asyncDispose]()
    await using front = await listenInFrontOf(other.port)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number | undefined>()
    try {
      for (let round = 0; round < 3; round++) {
        const answer = await send(front.port, { method: 'POST', agent, headers: OF_OTHER }, BIG)
        ports.add(answer.socket.localPort)
        expect([answer.statusCode, await text(answer)]).toEqual([502, expect.stringContaining('nobody there')])
      }
    } finally {
      agent.destroy()
    }
    expect(ports.size).toBe(1)
  })

  it('is broken off here when it is broken off there', async () => {
    await using other = await listen((_req, res) => {
      res.writeHead(200).write('half')
      setTimeout(() => res.destroy(), 50)
    })
    await using front = await listenInFrontOf(other.port)
    await expect(buffer(await send(front.port, { headers: OF_OTHER }))).rejects.toThrow('aborted')
  })

  it('is given up there when it is given up here', async () => {
    const closed = Promise.withResolvers<boolean>()
    await using other = await listen((_req, res) => {
      res.once('close', () => closed.resolve(res.writableFinished))
      res.writeHead(200).write('begun')
    })
    await using front = await listenInFrontOf(other.port)
    const answer = await send(front.port, { headers: OF_OTHER })
    answer.destroy()
    expect(await closed.promise).toBe(false)
  })
})

describe('the port at which a process takes what others pass on', () => {
  it('leaves it to them when an idle connection is closed, and is none for sessions that are not its own', async () => {
    const privatePort = Promise.withResolvers<number>()
    const meet = async (ownPort: number) => {
      privatePort.resolve(ownPort)
      return new Map([
        [1, ownPort],
        [2, ownPort],
      ])
    }
    await using _ = await startGateway({ peers: new SessionPeers({ own: 1, meet }) })
    const headers = { ...OF_OTHER, accept: 'text/event-stream', connection: 'keep-alive' }
    const answer = await send(await privatePort.promise, { path: '/mcp', headers })
    await text(answer)
    // Passed on once more, it would come here again, and again.
    expect(answer.statusCode).toBe(404)
    expect(answer.headers.connection).toBe('keep-alive')
    expect(answer.headers).not.toHaveProperty('keep-alive')
  })
})

interface Listening extends AsyncDisposable {
  readonly port: number
}

/** A server that passes on what is of process 2. */
function listenInFrontOf(otherPort: number): Promise<Listening> {
  const peers = new SessionPeers({ own: 1, meet: async () => new Map([[2, otherPort]]) })
  const met = peers.meet(0)
  return listen(async (req, res) => {
    await met
    if (!peers.passOn(req, res, () => refusal(502, 'nobody there'))) res.writeHead(404).end()
  }, peers)
}

async function listen(answer: RequestListener, peers?: SessionPeers): Promise<Listening> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const dispose = async () => {
    peers?.close()
    server.close()
    server.closeAllConnections()
  }
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, [Symbol.asyncDispose]: dispose }
}

function send(port: number, options: RequestOptions, body?: string | Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/mcp', ...options }, resolve)
      .once('error', reject)
      .end(body)
  })
}
