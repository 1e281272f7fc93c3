import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tell, toBytes } from './told.ts'

/** Enough for the mutations to reach each state of the parser many times; the same ones in every run. */
const RUNS = 100_000
const SEED = 20_261_124

const bodies = fc.string({ unit: 'binary-ascii', maxLength: 60 })

const lengthAnswers = bodies.map((body) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nX: y\r\n\r\n${body}`)

const chunkedAnswers = fc
  .array(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 }), { maxLength: 4 })
  .map((chunks) => {
    const lines = chunks.map((chunk) => `${chunk.length.toString(16)};e\r\n${chunk}\r\n`)
    return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${lines.join('')}0\r\nT: u\r\n\r\n`
  })

const informed = lengthAnswers.map((answer) => `HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${answer}`)

const answers = fc.oneof(lengthAnswers, chunkedAnswers, informed)

/** Bytes that mean something to the parser come more often than others. */
const sharpBytes = fc.oneof(fc.constantFrom(...toBytes('\r\n\0 \t:;,-+0129afAFxX')), fc.integer({ min: 0, max: 255 }))

const mutations = fc.array(
  fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('replace', 'insert', 'remove', 'repeat', 'cut off'),
    byte: sharpBytes,
    count: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 3 },
)

type Mutation = typeof mutations extends fc.Arbitrary<(infer One)[]> ? One : never

function mutate(answer: string, changes: readonly Mutation[]): Uint8Array {
  let bytes = [...toBytes(answer)]
  for (const { at, kind, byte, count } of changes) {
    const index = at % (bytes.length + 1)
    if (kind === 'replace') bytes[Math.min(index, Math.max(0, bytes.length - 1))] = byte
    if (kind === 'insert') bytes.splice(index, 0, byte)
    if (kind === 'remove') bytes.splice(index, count)
    if (kind === 'repeat') bytes.splice(index, 0, ...bytes.slice(index, index + count))
    if (kind === 'cut off') bytes = bytes.slice(0, index)
  }
  return Uint8Array.from(bytes)
}

const cutsOf = (bytes: Uint8Array, cuts: readonly number[]): readonly number[] =>
  [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((left, right) => left - right)

describe('the parser, fed with mutated answers', () => {
  it('tells the same wherever the bytes are cut, and always comes to an end', () => {
    const ends = new Map<string, number>()
    fc.assert(
      fc.property(answers, mutations, fc.array(fc.nat(), { maxLength: 6 }), (answer, changes, cuts) => {
        const bytes = mutate(answer, changes)
        const whole = tell(bytes, { closes: true })
        const everywhere = tell(bytes, { closes: true, cuts: Array.from({ length: bytes.length }, (_, at) => at) })
        const somewhere = tell(bytes, { closes: true, cuts: cutsOf(bytes, cuts) })
        ends.set(whole.end, (ends.get(whole.end) ?? 0) + 1)
        expect(whole.end).not.toBe('open')
        // Bytes after the end are a fault of this answer only if they come with it.
        const known = whole.end === 'EXCESS' ? { ...everywhere, end: 'EXCESS' } : everywhere
        expect(known).toEqual(whole)
        expect(whole.end === 'EXCESS' ? { ...somewhere, end: 'EXCESS' } : somewhere).toEqual(whole)
      }),
      { numRuns: RUNS, seed: SEED },
    )
    // A mutation that is never tried proves nothing.
    const seen = [...ends.keys()].toSorted()
    expect(seen).toEqual([
      'CHUNK',
      'CONTENT_LENGTH',
      'EXCESS',
      'HEADER',
      'STATUS_LINE',
      'TRAILER',
      'TRANSFER_ENCODING',
      'TRUNCATED',
      'UPGRADE',
      'last',
      'reusable',
    ])
  })

  it('reads back what was written, cut anywhere', () => {
    const written = fc.oneof(
      bodies.map((body) => ({ body, answer: `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}` })),
      fc.array(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 20 })).map((chunks) => ({
        body: chunks.join(''),
        answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`,
      })),
    )
    fc.assert(
      fc.property(written, fc.array(fc.nat(), { maxLength: 8 }), ({ body, answer }, cuts) => {
        const bytes = toBytes(answer)
        expect(tell(bytes, { cuts: cutsOf(bytes, cuts) })).toEqual({ status: 200, body, end: 'reusable' })
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
})
