import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerMemory } from '../../../src/protocol/mcp/answer-memory.ts'
import { McpAnswer } from '../../../src/protocol/mcp/mcp-answer.ts'
import type { ResponseHead } from '../../../src/protocol/response-head.ts'

interface Told {
  readonly isStream: boolean
  readonly body: string
  readonly id: number
  readonly operation: number
}

function headOf(isStream: boolean): ResponseHead {
  const type = isStream ? 'text/event-stream' : 'application/json'
  return {
    status: 200,
    get: (name) => (name === 'content-type' ? type : undefined),
    starts: (name, start) => name === 'content-type' && type.startsWith(start),
    getAll: () => undefined,
  }
}

function judged(answer: McpAnswer, { isStream, body, id, operation }: Told): unknown {
  const bytes = Buffer.from(body)
  answer.begin(headOf(isStream))
  answer.add(bytes, 0, bytes.length)
  return answer.judge(id, operation)
}

const ID = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(99, 100, 101, 999, 1000))
const TEXTS = ['ok', 'größer', '\\"id\\":7', '7']
/** Where the number of the request goes, there is `#`; a number beside it may look like it. */
const RESULTS = [
  '{"content":[{"type":"text","text":"ok"}]}',
  '{"content":[{"type":"text","text":"TEXT"}],"structuredContent":{"id":7}}',
  '{"id":#,"isError":false}',
  '{"isError":true,"content":[{"type":"text","text":"no"}]}',
  '{"n":#}',
  '"TEXT"',
  '{}',
]
const FORMS = [
  '{"jsonrpc":"2.0","id":#,"result":RESULT}',
  '{"result":RESULT,"jsonrpc":"2.0","id":#}',
  '{"jsonrpc": "2.0", "id": #, "result": RESULT}',
  '{"jsonrpc":"2.0","id":"#","result":RESULT}',
  '{"jsonrpc":"2.0","id":#.0,"result":RESULT}',
  '{"jsonrpc":"2.0","id":-#,"result":RESULT}',
  '{"jsonrpc":"2.0","id":#,"id":3,"result":RESULT}',
  '{"jsonrpc":"2.0","id":#,"error":{"code":-32602,"message":"RESULT"}}',
  '[{"jsonrpc":"2.0","id":#,"result":RESULT}]',
  '{"jsonrpc":"2.0","id":#,"result":RESULT',
  '{"method":"x","id":#}',
]

const told = fc
  .record({
    form: fc.constantFrom(...FORMS),
    result: fc.constantFrom(...RESULTS),
    text: fc.constantFrom(...TEXTS),
    isEvent: fc.boolean(),
    isStream: fc.boolean(),
    operation: fc.nat({ max: 1 }),
    id: ID,
    // Of another request: answers to nobody's question.
    saidId: fc.option(ID, { nil: undefined, freq: 8 }),
  })
  .map(({ form, result, text, isEvent, isStream, operation, id, saidId }): Told => {
    const message = form
      .replaceAll('RESULT', result)
      .replaceAll('TEXT', text)
      .replaceAll('#', String(saidId ?? id))
    return { isStream, operation, id, body: isEvent ? `event: message\ndata: ${message}\n\n` : message }
  })
// Few different ones, whose numbers change, so that many are the one before but for that.
const rows = fc
  .array(told, { minLength: 1, maxLength: 3 })
  .chain((few) => fc.array(fc.tuple(fc.constantFrom(...few), ID), { minLength: 2, maxLength: 20 }))

describe('answers of a session', () => {
  it('are judged as by one that has seen no other, whatever came before', () => {
    fc.assert(
      fc.property(rows, (row) => {
        const answer = new McpAnswer()
        for (const [each, id] of row) {
          const changed = { ...each, id, body: each.body.replaceAll(new RegExp(`\\b${each.id}\\b`, 'g'), String(id)) }
          for (const one of [each, changed, changed]) {
            expect(judged(answer, one)).toEqual(judged(new McpAnswer(), one))
          }
        }
      }),
      { numRuns: 10_000, seed: 20_261_126 },
    )
  })
})

describe('the memory', () => {
  const bodyOf = (id: number, text = 'ok'): Buffer => Buffer.from(`{"id":${id},"result":{"text":"${text}"}}`)
  const always = (): boolean => true
  const heard = (bytes: Buffer, id: number) => ({ bytes, length: bytes.length, isStream: false, id })
  const learned = (memory: AnswerMemory, body: Buffer, id: number): void => memory.learn(heard(body, id), always)
  const recalls = (memory: AnswerMemory, body: Buffer, id: number, isStream = false): boolean =>
    memory.recalls(body, body.length, isStream, id)

  it('knows the answer that came last by all but its number, of however many digits', () => {
    const memory = new AnswerMemory()
    learned(memory, bodyOf(9), 9)
    for (const id of [9, 10, 99, 100, 12_345_678]) expect(recalls(memory, bodyOf(id), id), String(id)).toBe(true)
    expect(recalls(memory, bodyOf(10), 11)).toBe(false)
    expect(recalls(memory, bodyOf(10), 1)).toBe(false)
    expect(recalls(memory, bodyOf(10, 'no'), 10)).toBe(false)
    expect(recalls(memory, bodyOf(10), 10, true)).toBe(false)
  })

  it('does not keep one that is not an answer to another request when that one’s number stands in its place', () => {
    const memory = new AnswerMemory()
    const body = bodyOf(9)
    memory.learn(heard(body, 9), (text, id) => text === `{"id":${id},"result":{"text":"ok"}}` && id !== 9)
    expect(recalls(memory, bodyOf(10), 10)).toBe(true)
    memory.learn(heard(body, 9), () => false)
    expect(recalls(memory, bodyOf(10), 10)).toBe(false)
  })

  it('does not keep one that is longer than it takes to read it, and looks at few of those that all differ', () => {
    const memory = new AnswerMemory()
    const long = 'x'.repeat(5000)
    learned(memory, bodyOf(1, long), 1)
    expect(recalls(memory, bodyOf(2, long), 2)).toBe(false)
    let looked = 0
    for (let id = 1; id <= 1000; id++) {
      const body = bodyOf(id, `${id} texts`)
      memory.learn(heard(body, id), () => {
        looked++
        return true
      })
    }
    expect(looked).toBeLessThan(15)
  })
})
