import { describe, expect, it } from 'vitest'
import { everyByte, type FeedOptions, tell } from './told.ts'

const OK = 'HTTP/1.1 200 OK\r\n'
const TEN = 'Content-Length: 10\r\n\r\n0123456789'
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`

/** In one piece, and byte by byte. */
function tellBothWays(answer: string, options: FeedOptions = {}) {
  const whole = tell(answer, options)
  const dripped = tell(answer, { ...options, cuts: everyByte(answer) })
  return { whole, dripped }
}

function expectTold(answer: string, options: FeedOptions, expected: object): void {
  const { whole, dripped } = tellBothWays(answer, options)
  expect(whole).toMatchObject(expected)
  expect(dripped).toMatchObject(expected)
}

describe('an answer as it should be', () => {
  it.each([
    ['of known length', `${OK}${TEN}`, {}, { status: 200, body: '0123456789', end: 'reusable' }],
    ['without a reason', `HTTP/1.1 200 \r\n${TEN}`, {}, { status: 200, end: 'reusable' }],
    ['without a reason and the space before it', `HTTP/1.1 200\r\n${TEN}`, {}, { status: 200, end: 'reusable' }],
    ['with a reason in Latin-1', `HTTP/1.1 404 Introuv\xe9\r\n${TEN}`, {}, { status: 404, end: 'reusable' }],
    ['without a body', `${OK}Content-Length: 0\r\n\r\n`, {}, { body: '', end: 'reusable' }],
    ['with blanks around its length', `${OK}Content-Length: \t 10 \r\n\r\n0123456789`, {}, { end: 'reusable' }],
    ['with names in any case', `${OK}CONTENT-length:10\r\n\r\n0123456789`, {}, { end: 'reusable' }],
    ['with an empty header', `${OK}X-Empty:\r\n${TEN}`, {}, { end: 'reusable' }],
    ['that closes', `${OK}Connection: close\r\n${TEN}`, {}, { end: 'last' }],
    ['that closes, in a list', `${OK}Connection: Foo , CLOSE\r\n${TEN}`, {}, { end: 'last' }],
    [
      'that closes, whatever a second line says',
      `${OK}Connection: close\r\nConnection: keep-alive\r\n${TEN}`,
      {},
      { end: 'last' },
    ],
    ['of HTTP/1.0, which closes', `HTTP/1.0 200 OK\r\n${TEN}`, {}, { end: 'last' }],
    ['of HTTP/1.0 that keeps alive', `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n${TEN}`, {}, { end: 'reusable' }],
    ['to HEAD', `${OK}Content-Length: 10\r\n\r\n`, { hasBody: false }, { body: '', end: 'reusable' }],
    ['204, whatever its length', 'HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n', {}, { end: 'reusable' }],
    ['304, whatever its length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n', {}, { end: 'reusable' }],
    ['that ends with the connection', `${OK}\r\n01234`, { closes: true }, { body: '01234', end: 'last' }],
    [
      'after informational ones',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${OK}${TEN}`,
      {},
      { status: 200, body: '0123456789', end: 'reusable' },
    ],
    ['in chunks', `${CHUNKED}4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n`, {}, { body: '0123456789', end: 'reusable' }],
    [
      'in chunks of hexadecimal size',
      `${CHUNKED}0A\r\n0123456789\r\n000\r\n\r\n`,
      {},
      { body: '0123456789', end: 'reusable' },
    ],
    ['in chunks with extensions', `${CHUNKED}4;a=b\r\n0123\r\n0 ;c="d"\r\n\r\n`, {}, { body: '0123', end: 'reusable' }],
    [
      'in chunks with trailers',
      `${CHUNKED}1\r\nx\r\n0\r\nServer-Timing: a;dur=1\r\nX: y\r\n\r\n`,
      {},
      { body: 'x', end: 'reusable' },
    ],
  ] as const)('%s', (_title, answer, options, expected) => {
    expectTold(answer, options, expected)
  })

  it('shows its headers, whole or in pieces', () => {
    const answer = `${OK}Mcp-Session-Id: abc \r\nContent-Type:text/event-stream\r\nX-Two: 1\r\nX-Two: 2\r\n${TEN}`
    const headers = ['mcp-session-id', 'content-type', 'x-two', 'status', 'x']
    const expected = { 'mcp-session-id': 'abc', 'content-type': 'text/event-stream', 'x-two': '1' }
    expectTold(answer, { headers }, { headers: { ...expected, status: undefined, x: undefined } })
  })

  it('comes in a large body without being held', () => {
    const body = 'x'.repeat(300_000)
    const answer = `${OK}Content-Length: 300000\r\n\r\n${body}`
    expect(tell(answer, { cuts: [50, 65_536, 131_072, 200_001] })).toMatchObject({ body, end: 'reusable' })
  })
})

describe('an answer that is malformed', () => {
  it.each([
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n', 'STATUS_LINE'],
    ['HTTP/0.9, a body without a head', '<html>hello</html>', 'STATUS_LINE'],
    ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n', 'STATUS_LINE'],
    ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n', 'STATUS_LINE'],
    ['a version in small letters', 'http/1.1 200 OK\r\n\r\n', 'STATUS_LINE'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'STATUS_LINE'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', 'STATUS_LINE'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n', 'STATUS_LINE'],
    ['two spaces before the status', 'HTTP/1.1  200 OK\r\n\r\n', 'STATUS_LINE'],
    ['a status line without CR', `HTTP/1.1 200 OK\n${TEN}`, 'STATUS_LINE'],
    ['an empty line first', `\r\n${OK}${TEN}`, 'STATUS_LINE'],
    ['a header without a colon', `${OK}Nonsense\r\n\r\n`, 'HEADER'],
    ['a header without a name', `${OK}: value\r\n\r\n`, 'HEADER'],
    ['a blank before the colon', `${OK}Content-Length : 10\r\n\r\n`, 'HEADER'],
    ['a folded header', `${OK}X: a\r\n b\r\n\r\n`, 'HEADER'],
    ['a header with a NUL', `${OK}X: a\0b\r\n\r\n`, 'HEADER'],
    ['a header with a bare CR', `${OK}X: a\rb\r\n\r\n`, 'HEADER'],
    ['header lines without CR', `${OK}X: a\n\n`, 'HEADER'],
    ['a last line without LF', `${OK}X: a\r\n\rX`, 'HEADER'],
    ['a negative length', `${OK}Content-Length: -1\r\n\r\n`, 'CONTENT_LENGTH'],
    ['a length with a sign', `${OK}Content-Length: +1\r\n\r\n`, 'CONTENT_LENGTH'],
    ['no length after all', `${OK}Content-Length:\r\n\r\n`, 'CONTENT_LENGTH'],
    ['a hexadecimal length', `${OK}Content-Length: 0x10\r\n\r\n`, 'CONTENT_LENGTH'],
    ['a length beyond all bodies', `${OK}Content-Length: 9999999999999999\r\n\r\n`, 'CONTENT_LENGTH'],
    ['two lengths', `${OK}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`, 'CONTENT_LENGTH'],
    ['a list of lengths', `${OK}Content-Length: 1, 1\r\n\r\nx`, 'CONTENT_LENGTH'],
    ['a length beside chunks', `${CHUNKED.slice(0, -2)}Content-Length: 3\r\n\r\n`, 'TRANSFER_ENCODING'],
    ['chunks beside a length', `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`, 'TRANSFER_ENCODING'],
    ['a coding nobody asked for', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, 'TRANSFER_ENCODING'],
    ['two codings', `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, 'TRANSFER_ENCODING'],
    ['identity', `${OK}Transfer-Encoding: identity\r\n\r\n`, 'TRANSFER_ENCODING'],
    ['a chunk without size', `${CHUNKED}\r\n`, 'CHUNK'],
    ['a chunk size that is no number', `${CHUNKED}xyz\r\n`, 'CHUNK'],
    ['a negative chunk size', `${CHUNKED}-1\r\n`, 'CHUNK'],
    ['a chunk size with 0x', `${CHUNKED}0x4\r\n0123\r\n`, 'CHUNK'],
    ['a chunk size beyond all bodies', `${CHUNKED}fffffffffffff\r\n`, 'CHUNK'],
    ['a chunk size line without CR', `${CHUNKED}4\n0123\r\n0\r\n\r\n`, 'CHUNK'],
    ['a chunk longer than it says', `${CHUNKED}3\r\n0123\r\n0\r\n\r\n`, 'CHUNK'],
    ['a chunk shorter than it says', `${CHUNKED}6\r\n0123\r\n0\r\n\r\n`, 'CHUNK'],
    ['a trailer without a colon', `${CHUNKED}0\r\nnonsense\r\n\r\n`, 'TRAILER'],
    ['a last line of trailers without LF', `${CHUNKED}0\r\n\rX`, 'TRAILER'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n', 'UPGRADE'],
  ] as const)('with %s', (_title, answer, end) => {
    expectTold(answer, {}, { end })
  })

  it.each([
    ['nothing', ''],
    ['half a status line', 'HTTP/1.1 20'],
    ['half a head', `${OK}Content-Le`],
    ['an informational head only', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['half a body', `${OK}Content-Length: 10\r\n\r\n01234`],
    ['a body without its last chunk', `${CHUNKED}4\r\n0123\r\n`],
    ['a body without the line that ends it', `${CHUNKED}4\r\n0123\r\n0\r\n`],
  ] as const)('because the connection ends after %s', (_title, answer) => {
    expectTold(answer, { closes: true }, { end: 'TRUNCATED' })
  })

  it('with a body longer than its length', () => {
    expect(tell(`${OK}${TEN}more`)).toMatchObject({ body: '0123456789', end: 'EXCESS' })
    expect(tell(`${OK}Content-Length: 10\r\n\r\n`, { hasBody: false, closes: true }).end).toBe('reusable')
    expect(tell(`${OK}${TEN}`, { hasBody: false }).end).toBe('EXCESS')
  })
})

describe('an answer without end', () => {
  const limits = { headBytes: 1000, bodyBytes: 1000 }

  it.each([
    ['a status line', `HTTP/1.1 200 ${'x'.repeat(2000)}`],
    ['one header', `${OK}X: ${'x'.repeat(2000)}`],
    ['many headers', `${OK}${'X: y\r\n'.repeat(400)}`],
    ['informational answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(80)],
    ['a malformed line beyond the limit', `${OK}X: ${'x'.repeat(2000)}\n`],
  ] as const)('ends at the limit of heads: %s', (_title, answer) => {
    expectTold(answer, { limits }, { end: 'HEAD_TOO_LARGE' })
  })

  it('allows a head as large as the limit, to the byte', () => {
    const head = `${OK}X: ${'x'.repeat(1000 - OK.length - 26)}\r\nContent-Length: 0\r\n\r\n`.slice(0)
    expect(tell(head, { limits: { headBytes: head.length } }).end).toBe('reusable')
    expectTold(head, { limits: { headBytes: head.length - 1 } }, { end: 'HEAD_TOO_LARGE' })
  })

  it.each([
    ['that says so', `${OK}Content-Length: 1001\r\n\r\n`],
    ['until the connection ends', `${OK}\r\n${'x'.repeat(1001)}`],
    ['in chunks', `${CHUNKED}${'64\r\n'.concat('x'.repeat(100), '\r\n').repeat(11)}`],
  ] as const)('ends at the limit of bodies: one %s', (_title, answer) => {
    expectTold(answer, { limits }, { end: 'BODY_TOO_LARGE' })
  })

  it.each([
    ['chunk extensions', `${CHUNKED}1;${'x'.repeat(20_000)}`, 'CHUNK'],
    ['extensions of many chunks', `${CHUNKED}${`1;${'x'.repeat(100)}\r\ny\r\n`.repeat(200)}`, 'CHUNK'],
    ['trailers', `${CHUNKED}0\r\n${'X: y\r\n'.repeat(5_000)}`, 'TRAILER'],
  ] as const)('ends in %s', (_title, answer, end) => {
    expectTold(answer, {}, { end })
  })
})
