import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadMemory } from '../../src/protocol/head-memory.ts'
import { HeadParser } from '../../src/protocol/head-parser.ts'
import { ResponseParser } from '../../src/protocol/response-parser.ts'
import { everyByte, tell, toBytes } from './told.ts'

const HEADERS = ['x', 'content-length'] as const

/** What one parser tells of answers that come one after the other on its connection, until one breaks it or ends it. */
function tellInTurn(answers: readonly string[], cutsOf: (answer: string) => readonly number[]): string[] {
  const told: string[] = []
  let now: string[] = []
  let body = ''
  let isOver = false
  /** as a socket reads to: what was there before is there still, behind what came */
  const shared = new Uint8Array(1024)
  const parser = new ResponseParser({
    onHead: (head) => now.push(`${head.status}`, ...HEADERS.map((name) => head.get(name) ?? '-')),
    onBody: (bytes, from, to) => {
      body += Buffer.from(bytes.subarray(from, to)).toString('latin1')
    },
    onEnd: (isReusable) => {
      now.push(body, isReusable ? 'reusable' : 'last')
      isOver ||= !isReusable
    },
    onFault: (fault) => {
      now.push(fault)
      isOver = true
    },
  })
  for (const answer of answers) {
    if (isOver) break
    now = []
    body = ''
    parser.expect(true)
    const bytes = toBytes(answer)
    const edges = [0, ...cutsOf(answer), bytes.length]
    for (const [index, from] of edges.slice(0, -1).entries()) {
      const piece = bytes.subarray(from, edges[index + 1])
      shared.set(piece)
      parser.feed(shared, piece.length)
    }
    told.push(now.join('|'))
  }
  return told
}

/** The same, each by a parser that has seen no other. */
function tellApart(answers: readonly string[]): string[] {
  const told: string[] = []
  for (const answer of answers) {
    const [alone = ''] = tellInTurn([answer], () => [])
    told.push(alone)
    if (!alone.endsWith('reusable')) break
  }
  return told
}

const lines = fc.array(
  fc.constantFrom('X: a', 'X: b', 'X: aa', 'Connection: close', 'Connection: keep-alive', 'Y:', 'Content-Length: 2'),
  { maxLength: 3 },
)
const statuses = fc.constantFrom(
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 404 No',
  'HTTP/1.1 500',
)
const bodies = fc.constantFrom(
  'Content-Length: 2\r\n\r\nab',
  'Content-Length: 3\r\n\r\nabc',
  'Content-Length: 0\r\n\r\n',
  'Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n',
  'Transfer-Encoding: gzip\r\n\r\nab',
)
const informational = fc.constantFrom('', '', 'HTTP/1.1 103 Early Hints\r\nX: a\r\n\r\n')
const answer = fc
  .tuple(informational, statuses, lines, bodies)
  .map(([before, status, some, body]) => `${before}${[status, ...some, body].join('\r\n')}`)
// Few different ones, so that many are the one before once more.
const rows = fc
  .array(answer, { minLength: 1, maxLength: 3 })
  .chain((few) => fc.array(fc.constantFrom(...few), { minLength: 2, maxLength: 20 }))

describe('a parser that remembers the last head', () => {
  it('tells of each answer what one tells that has seen no other', () => {
    fc.assert(
      fc.property(rows, (answers) => {
        expect(tellInTurn(answers, () => [])).toEqual(tellApart(answers))
      }),
      { numRuns: 20_000, seed: 20_261_126 },
    )
  })

  it('does so wherever the bytes are cut', () => {
    fc.assert(
      fc.property(rows, fc.nat({ max: 200 }), (answers, cut) => {
        const cutsOf = (text: string): readonly number[] =>
          cut === 0 ? everyByte(text) : cut < text.length ? [cut] : []
        expect(tellInTurn(answers, cutsOf)).toEqual(tellApart(answers))
      }),
      { numRuns: 5_000, seed: 20_261_126 },
    )
  })

  it('reads a head anew that goes on differently after as many bytes', () => {
    const [first, second] = ['a', 'b'].map((value) => `HTTP/1.1 200 OK\r\nX: ${value}\r\nContent-Length: 0\r\n\r\n`)
    const told = tellInTurn([first ?? '', second ?? '', second ?? '', first ?? ''], () => [])
    expect(told).toEqual(['200|a|0||reusable', '200|b|0||reusable', '200|b|0||reusable', '200|a|0||reusable'])
    expect(tell(first ?? '').status).toBe(200)
  })
})

describe('the memory', () => {
  const learned = (memory: HeadMemory, head: string): void => {
    const lines = new HeadParser()
    lines.reset()
    lines.parse(toBytes(head), 0, head.length)
    memory.learn(toBytes(head), 0, head.length, lines)
  }
  const recalls = (memory: HeadMemory, head: string): boolean =>
    memory.recall(toBytes(head), 0, head.length, new HeadParser()) > 0
  const headOf = (value: string): string => `HTTP/1.1 200 OK\r\nX: ${value}\r\nContent-Length: 0\r\n\r\n`

  it('knows the head again that came last', () => {
    const memory = new HeadMemory()
    learned(memory, headOf('a'))
    expect(recalls(memory, headOf('a'))).toBe(true)
    expect(recalls(memory, headOf('b'))).toBe(false)
  })

  it('does not keep one that is longer than heads are', () => {
    const memory = new HeadMemory()
    learned(memory, headOf('a'.repeat(2000)))
    expect(recalls(memory, headOf('a'.repeat(2000)))).toBe(false)
  })

  it('looks at few of those that are all different, and again at all once one repeats', () => {
    const memory = new HeadMemory()
    for (let index = 0; index < 1000; index++) learned(memory, headOf(`${index}`))
    expect(recalls(memory, headOf('999'))).toBe(false)
    while (!recalls(memory, headOf('z'))) learned(memory, headOf('z'))
    learned(memory, headOf('y'))
    expect(recalls(memory, headOf('y'))).toBe(true)
  })
})
