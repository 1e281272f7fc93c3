export interface SseEvent {
  readonly data: string
  readonly event?: string
  readonly id?: string
}

const LINE_BREAK = /\r\n|\r|\n/

/** A comment line: keeps idle connections open, and makes a dead one fail. Parsers ignore it. */
export const SSE_HEARTBEAT = ':\n\n'

/**
 * One event in the wire form of the HTML standard, "9.2.6 Interpreting an event stream".
 *
 * Every line of `data` gets its own field; a receiver joins them with LF, so CR and CRLF arrive as LF.
 *
 * @throws {RangeError} when `event` or `id` holds a line break, or `id` a NUL: they would end the field early
 */
export function encodeSseEvent({ data, event, id }: SseEvent): string {
  let head = ''
  if (event !== undefined) head += `event: ${singleLine('event', event)}\n`
  if (id !== undefined) head += `id: ${singleLine('id', id)}\n`
  // JSON text never has a raw line break: the common case is one line, found without splitting.
  if (!data.includes('\n') && !data.includes('\r')) return `${head}data: ${data}\n\n`
  return `${head}${data
    .split(LINE_BREAK)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`
}

function singleLine(field: 'event' | 'id', value: string): string {
  if (LINE_BREAK.test(value) || value.includes('\0')) {
    throw new RangeError(`SSE ${field} must be one line without NUL, got ${JSON.stringify(value)}`)
  }
  return value
}
