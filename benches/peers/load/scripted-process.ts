/**
 * A target that answers exactly as scripted: `node scripted-process.ts`. Prints its port. It turns its event loop without rest,
 * because a timer of Node is a millisecond late; the script begins anew with the first request after a second of quiet.
 */

import type { Socket } from 'node:net'
import { createServer } from 'node:net'
import { leavesAtMs, thinkMs } from './script.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const END_OF_HEAD = '\r\n\r\n'
const QUIET_MS = 1000

interface Waiting {
  readonly socket: Socket
  readonly leavesAtMs: number
}

let waiting: Waiting[] = []
let beganAtMs = 0
let lastAtMs = Number.NEGATIVE_INFINITY
let number = 0

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

function receive(socket: Socket): void {
  const nowMs = performance.now()
  if (nowMs - lastAtMs > QUIET_MS) {
    beganAtMs = nowMs
    number = 0
  }
  lastAtMs = nowMs
  waiting.push({ socket, leavesAtMs: beganAtMs + leavesAtMs(nowMs - beganAtMs + thinkMs(number)) })
  number++
}

function turn(): void {
  const nowMs = performance.now()
  if (waiting.some((one) => one.leavesAtMs <= nowMs)) {
    const due = waiting.filter((one) => one.leavesAtMs <= nowMs)
    waiting = waiting.filter((one) => one.leavesAtMs > nowMs)
    for (const { socket } of due.toSorted((left, right) => left.leavesAtMs - right.leavesAtMs)) socket.write(ANSWER)
  }
  setImmediate(turn)
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`)
  turn()
})
