import type { ProtocolFault } from '../../src/protocol/protocol-fault.ts'
import { type ResponseLimits, ResponseParser } from '../../src/protocol/response-parser.ts'

/** What a parser told of one answer. */
export interface Told {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body: string
  readonly end: 'reusable' | 'last' | 'open' | ProtocolFault | `ended, then ${ProtocolFault}`
}

export interface FeedOptions {
  /** where to cut; none for one piece */
  readonly cuts?: readonly number[]
  readonly limits?: Partial<ResponseLimits>
  readonly hasBody?: boolean
  /** whether the peer closes after the last byte */
  readonly closes?: boolean
  /** headers to look up */
  readonly headers?: readonly string[]
}

export function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** Feed the bytes of one answer to a parser, in pieces out of one buffer that each piece overwrites. */
export function tell(answer: string | Uint8Array, options: FeedOptions = {}): Told {
  const bytes = typeof answer === 'string' ? toBytes(answer) : answer
  const told: { -readonly [Key in keyof Told]: Told[Key] } = { body: '', end: 'open' }
  const body: Buffer[] = []
  const parser = new ResponseParser(
    {
      onHead: (head) => {
        if (told.status !== undefined) throw new Error('a second head')
        told.status = head.status
        if (options.headers !== undefined) {
          told.headers = Object.fromEntries(options.headers.map((name) => [name, head.get(name)]))
        }
      },
      onBody: (chunk, from, to) => body.push(Buffer.from(chunk.subarray(from, to))),
      onEnd: (isReusable) => {
        if (told.end !== 'open') throw new Error('a second end')
        told.end = isReusable ? 'reusable' : 'last'
      },
      onFault: (fault) => {
        // Of bytes that come later; with the answer they are a fault of it.
        told.end = told.end === 'open' ? fault : `ended, then ${fault}`
      },
    },
    options.limits,
  )
  parser.expect(options.hasBody ?? true)
  const shared = new Uint8Array(bytes.length + 16)
  const edges = [0, ...(options.cuts ?? []), bytes.length]
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const piece = bytes.subarray(from, edges[index + 1])
    shared.fill(0x58)
    shared.set(piece)
    parser.feed(shared, piece.length)
  }
  if (options.closes === true) parser.end()
  return { ...told, body: Buffer.concat(body).toString('latin1') }
}

export function everyByte(answer: string): readonly number[] {
  return Array.from({ length: toBytes(answer).length - 1 }, (_, index) => index + 1)
}
