import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeSseEvent, SSE_HEARTBEAT, type SseEvent } from '../src/sse.ts'

/** The algorithm of the HTML standard, 9.2.6, as plainly as it stands there. */
function decode(stream: string): SseEvent[] {
  const events: SseEvent[] = []
  let data: string[] = []
  let fields: { event?: string; id?: string } = {}
  for (const line of stream.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data.length > 0) events.push({ ...fields, data: data.join('\n') })
      data = []
      fields = {}
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    if (field === 'event' || field === 'id') fields = { ...fields, [field]: value }
  }
  return events
}

const oneLine = fc.string({ unit: 'binary' }).filter((text) => !/[\r\n\0]/.test(text))

test('a receiver gets the same data, event and id, with line breaks as LF', () => {
  const data = fc.string({ unit: fc.oneof(fc.constantFrom('\r', '\n', '\r\n', ' ', ':'), fc.string()) })
  const event = fc.record({ data, event: oneLine, id: oneLine }, { requiredKeys: ['data'] })
  fc.assert(
    fc.property(fc.array(event), (sent) => {
      const received = decode(sent.map((one) => encodeSseEvent(one)).join(SSE_HEARTBEAT))
      expect(received).toEqual(sent.map((one) => ({ ...one, data: one.data.replace(/\r\n|\r/g, '\n') })))
    }),
  )
})

test('one line of data is one field', () => {
  expect(encodeSseEvent({ data: '{"a":1}' })).toBe('data: {"a":1}\n\n')
  expect(encodeSseEvent({ data: 'x', event: 'message', id: '7' })).toBe('event: message\nid: 7\ndata: x\n\n')
})

test('empty data is still an event, as servers with an event store send it first', () => {
  expect(decode(encodeSseEvent({ data: '', id: '1' }))).toEqual([{ data: '', id: '1' }])
})

test.each(['a\nb', 'a\rb', 'a\0b'])('refuses the id %j, which would end its field early', (id) => {
  expect(() => encodeSseEvent({ data: '', id })).toThrow(RangeError)
  expect(() => encodeSseEvent({ data: '', event: id })).toThrow(RangeError)
})
