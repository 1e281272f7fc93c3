import { createServer, type Socket } from 'node:net'
import { listen } from './http2-target.ts'

const HEADER_BYTES = 9
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

export const DATA = 0
export const HEADERS = 1
export const RST_STREAM = 3
export const SETTINGS = 4
export const GOAWAY = 7
export const CONTINUATION = 9
export const END_STREAM = 1
export const END_HEADERS = 4
const ACK = 1

/** `:status: 200`, from the static table (RFC 7541 §A). */
export const STATUS_200 = Buffer.of(0x88)

export function frame(type: number, flags: number, streamId: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEADER_BYTES)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(streamId, 5)
  return Buffer.concat([head, payload])
}

/** A header that is in no table, with a value of so many bytes: 127 and more (RFC 7541 §5.1, §6.2.2). */
export function field(name: string, valueBytes: number): Buffer {
  const left = valueBytes - 127
  const length = Buffer.of(127, (left & 127) | 128, left >> 7)
  return Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), length, Buffer.alloc(valueBytes, 'x')])
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index)
  return bytes
}

export interface RawAsked {
  readonly socket: Socket
  readonly streamId: number
  /** counts from 0, over all connections */
  readonly number: number
}

interface RawHttp2Options {
  /** the payload of its first frame */
  readonly settings?: Uint8Array
  /** the same, of each connection by itself */
  readonly settingsOf?: () => Uint8Array
  /** never end a connection because the other side has */
  readonly allowHalfOpen?: boolean
}

/** A server that writes frames as it is told, also those that no library would. */
export async function rawHttp2Target(
  answer: (asked: RawAsked) => void,
  { settings = Buffer.alloc(0), settingsOf = () => settings, allowHalfOpen = false }: RawHttp2Options = {},
) {
  let requests = 0
  const server = createServer({ allowHalfOpen }, (socket) => {
    let unread: Buffer = Buffer.alloc(0)
    let hasPreface = false
    socket.write(frame(SETTINGS, 0, 0, settingsOf()))
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk])
      if (!hasPreface) {
        if (unread.length < PREFACE.length) return
        hasPreface = true
        unread = unread.subarray(PREFACE.length)
      }
      while (unread.length >= HEADER_BYTES) {
        const end = HEADER_BYTES + unread.readUIntBE(0, 3)
        if (unread.length < end) return
        const [type, flags, streamId] = [unread[3], unread[4] ?? 0, unread.readUInt32BE(5)]
        unread = unread.subarray(end)
        if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0))
        if (type === HEADERS) answer({ socket, streamId, number: requests++ })
      }
    })
  })
  const listening = await listen(server)
  return { ...listening, url: `http://127.0.0.1:${listening.port}/`, requests: () => requests }
}
