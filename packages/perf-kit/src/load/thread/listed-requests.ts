import { type EncodedRequest, encodeRequest, type HttpEndpoint, withText } from '../../protocol/index.ts'
import { bindTemplate } from '../data/template.ts'
import { hasGaps, type RequestTemplate, templateOf } from '../requests/request-template.ts'
import type { PlannedRequest, ReadyRequest } from '../requests/weighted-request.ts'
import { KeptByRow, Room } from './kept-by-row.ts'
import type { RequestSource } from './request-source.ts'
import type { RowTurns } from './row-turns.ts'

/** The requests of a list, each encoded once; those with gaps once for each row, as far as there is room. */
export class ListedRequests implements RequestSource {
  readonly #requests: readonly (() => EncodedRequest)[]

  /** @param rows - absent: there are no gaps */
  constructor(endpoint: HttpEndpoint, requests: readonly PlannedRequest[], rows: RowTurns | undefined) {
    const room = new Room()
    this.#requests = requests.map((request) => {
      const template = rows === undefined ? undefined : templateOf(request)
      if (rows === undefined || template === undefined || !hasGaps(template)) {
        const encoded = withText(encodeRequest(endpoint, request))
        return () => encoded
      }
      return encodedByRow(filler(endpoint, request, template, rows), rows, room)
    })
  }

  next(operation: number): EncodedRequest {
    const next = this.#requests[operation]
    if (next === undefined) throw new RangeError(`there is no request number ${operation}`)
    return next()
  }
}

function encodedByRow(encode: (row: number) => EncodedRequest, rows: RowTurns, room: Room): () => EncodedRequest {
  // Bytes, and the same as text.
  const kept = new KeptByRow(room, encode, ({ bytes }) => 2 * bytes.length)
  return () => kept.of(rows.next())
}

function filler(endpoint: HttpEndpoint, request: ReadyRequest, template: RequestTemplate, rows: RowTurns) {
  const { columns } = rows
  const path = bindTemplate(template.path, columns)
  const headers = template.headers.map(([name, value]) => [name, bindTemplate(value, columns)] as const)
  const body = template.body === undefined ? undefined : bindTemplate(template.body, columns)
  return (row: number): EncodedRequest => {
    const values = rows.valuesOf(row)
    const filled = {
      method: request.method,
      path: path(values),
      headers: Object.fromEntries(headers.map(([name, value]) => [name, value(values)])),
    }
    const bytes = body === undefined ? request.body : Buffer.from(body(values))
    return withText(encodeRequest(endpoint, bytes === undefined ? filled : { ...filled, body: bytes }))
  }
}
