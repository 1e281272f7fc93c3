/**
 * A target of exactly known capacity: `node known-process.ts bucket <tokens a second>` or `node known-process.ts queue <ns of service>`.
 * Prints its port.
 */
import { createServer, type Socket } from 'node:net'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const REFUSED = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno'
const END_OF_HEAD = '\r\n\r\n'
const NS_PER_MS = 1e6
/** What has been saved up lasts so long: less than a process may stand still would refuse what came meanwhile. */
const SAVED_MS = 10
const FEWEST_TOKENS = 5

const [kind = '', amount = ''] = process.argv.slice(2)
const receive = kind === 'bucket' ? bucket(Number(amount)) : queue(Number(amount) / NS_PER_MS)

/** @returns what to do with a request */
function bucket(tokensPerSec: number): (socket: Socket) => void {
  const most = Math.max(FEWEST_TOKENS, (tokensPerSec * SAVED_MS) / 1000)
  let tokens = most
  let filledAtMs = performance.now()
  return (socket) => {
    const nowMs = performance.now()
    tokens = Math.min(most, tokens + ((nowMs - filledAtMs) * tokensPerSec) / 1000)
    filledAtMs = nowMs
    const isTaken = tokens >= 1
    if (isTaken) tokens--
    socket.write(isTaken ? OK : REFUSED)
  }
}

/**
 * One after the other. As long as somebody waits it turns its event loop without rest, because a timer of Node is a millisecond late;
 * when nobody does it rests, so as not to be taken for another program.
 */
function queue(serviceMs: number): (socket: Socket) => void {
  const waiting: { readonly socket: Socket; readonly leavesAtMs: number }[] = []
  let first = 0
  let freeAtMs = 0
  const turn = (): void => {
    const nowMs = performance.now()
    for (let next = waiting[first]; next !== undefined && next.leavesAtMs <= nowMs; next = waiting[first]) {
      next.socket.write(OK)
      first++
    }
    if (first < waiting.length) {
      setImmediate(turn)
      return
    }
    waiting.length = 0
    first = 0
  }
  return (socket) => {
    freeAtMs = Math.max(performance.now(), freeAtMs) + serviceMs
    if (waiting.length === 0) setImmediate(turn)
    waiting.push({ socket, leavesAtMs: freeAtMs })
  }
}

const server = createServer((socket) => {
  let text = ''
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    for (let end = text.indexOf(END_OF_HEAD); end >= 0; end = text.indexOf(END_OF_HEAD)) {
      text = text.slice(end + END_OF_HEAD.length)
      receive(socket)
    }
  })
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`)
})
