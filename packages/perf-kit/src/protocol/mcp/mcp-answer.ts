import type { Ending } from '../ending.ts'
import { loadEventParser } from '../lazy-event-parser.ts'
import type { ResponseHead } from '../response-head.ts'
import { isObject, type JsonObject, parseMessages } from './json-messages.ts'

const EVENT_STREAM = 'text/event-stream'
const PROGRESS = 'notifications/progress'
/** JSON-RPC's code for it, from 2026-07-28 on. */
const UNSUPPORTED_VERSION = -32022
const FIRST_ERROR_STATUS = 400

/** The answer to one POST, as JSON or as a stream of events: kept until it is whole, then judged. */
export class McpAnswer {
  status = 0
  #isStream = false
  readonly #pieces: Uint8Array[] = []
  /** once they have been asked for */
  #parsed: readonly JsonObject[] | undefined

  begin(head: ResponseHead): void {
    this.status = head.status
    this.#isStream = head.get('content-type')?.startsWith(EVENT_STREAM) ?? false
    this.#pieces.length = 0
    this.#parsed = undefined
  }

  add(bytes: Uint8Array, from: number, to: number): void {
    // Copied: the next read overwrites them. `slice` would not copy, since they are a Buffer's.
    this.#pieces.push(Uint8Array.from(bytes.subarray(from, to)))
  }

  /** Whether the target took a message that is not answered: a notification, or a farewell. */
  acceptance(): Ending {
    return { outcome: `HTTP ${this.status}`, isOk: this.status < FIRST_ERROR_STATUS }
  }

  /** What the request with this id came to. */
  judge(id: number): Ending {
    if (this.status >= FIRST_ERROR_STATUS) return this.acceptance()
    const answer = this.#answerTo(id)
    if (answer === undefined) return { outcome: 'RPC NO ANSWER', isOk: false }
    const { error, result } = answer
    if (!('result' in answer)) return { outcome: `RPC ${codeOf(error)}`, isOk: false }
    if (isObject(result) && result['isError'] === true) return { outcome: 'TOOL ERROR', isOk: false }
    return this.acceptance()
  }

  /** @returns the result of the request with this id, when it is an object */
  resultOf(id: number): JsonObject | undefined {
    const result = this.#answerTo(id)?.['result']
    return isObject(result) ? result : undefined
  }

  /** Versions that the server says it speaks, where it refuses another; whatever the status. */
  get supportedVersions(): readonly unknown[] {
    const error = this.#messages().find((message) => 'error' in message)?.['error']
    const data = isObject(error) && error['code'] === UNSUPPORTED_VERSION ? error['data'] : undefined
    const supported = isObject(data) ? data['supported'] : undefined
    return Array.isArray(supported) ? supported : []
  }

  /** How often it told of progress under this token. */
  progressOf(token: number): number {
    if (!this.#isStream) return 0
    return this.#messages().filter(({ method, params }) => {
      return method === PROGRESS && isObject(params) && params['progressToken'] === token
    }).length
  }

  /** Others may come before it: progress, or an event without data that a stream begins with. */
  #answerTo(id: number): JsonObject | undefined {
    return this.#messages().find((message) => message['id'] === id && ('result' in message || 'error' in message))
  }

  #messages(): readonly JsonObject[] {
    this.#parsed ??= this.#parse()
    return this.#parsed
  }

  #parse(): readonly JsonObject[] {
    const text = Buffer.concat(this.#pieces).toString()
    if (!this.#isStream) return parseMessages(text)
    const messages: JsonObject[] = []
    loadEventParser()
      .createParser({ onEvent: ({ data }) => messages.push(...parseMessages(data)) })
      .feed(text)
    return messages
  }
}

/** A closed set: what a server puts there may be anything, and there are as many outcomes as different ones. */
function codeOf(error: unknown): string {
  const code = isObject(error) ? error['code'] : undefined
  return typeof code === 'number' && Number.isInteger(code) && Math.abs(code) < 1e6 ? String(code) : 'ERROR'
}
