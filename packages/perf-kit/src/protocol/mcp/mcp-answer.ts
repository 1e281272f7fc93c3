import { type Ending, httpEnding } from '../ending.ts'
import { loadEventParser } from '../lazy-event-parser.ts'
import type { ResponseHead } from '../response-head.ts'
import { AnswerMemory } from './answer-memory.ts'
import { isObject, type JsonObject, parseMessages } from './json-messages.ts'

const EVENT_STREAM = 'text/event-stream'
const PROGRESS = 'notifications/progress'
/** JSON-RPC's code for it, from 2026-07-28 on. */
const UNSUPPORTED_VERSION = -32022
const FIRST_ERROR_STATUS = 400
/** What most servers answer a call with: one event, whole. */
const ONE_EVENT = /^(?:(?:event: message|id: [^\n\r]*)\n)*data: ([^\n\r]*)\n\n$/
const FIRST_BYTES = 1024
/** A larger answer is not kept room for after it: there are thousands of sessions. */
const ROOM_BYTES = 65_536
/** What is wrong is said first. */
const MOST_SEARCHED_BYTES = 65_536

/** The answer to one POST, as JSON or as a stream of events: kept until it is whole, then judged. */
export class McpAnswer {
  status = 0
  #isStream = false
  /** room for answers, one after the other, of which `#lengthBytes` are the last one's */
  #room = Buffer.allocUnsafe(FIRST_BYTES)
  #lengthBytes = 0
  /** of each operation that is asked again and again */
  readonly #memories: (AnswerMemory | undefined)[] = []
  /** once they have been asked for */
  #parsed: readonly JsonObject[] | undefined

  begin(head: ResponseHead): void {
    this.status = head.status
    this.#isStream = head.starts('content-type', EVENT_STREAM)
    this.#lengthBytes = 0
    if (this.#room.length > ROOM_BYTES) this.#room = Buffer.allocUnsafe(FIRST_BYTES)
    this.#parsed = undefined
  }

  add(bytes: Uint8Array, from: number, to: number): void {
    const lengthBytes = this.#lengthBytes + to - from
    if (lengthBytes > this.#room.length) this.#grow(lengthBytes)
    // Copied: the next read overwrites them.
    this.#room.set(bytes.subarray(from, to), this.#lengthBytes)
    this.#lengthBytes = lengthBytes
  }

  /** Whether the target took a message that is not answered: a notification, or a farewell. */
  acceptance(): Ending {
    return httpEnding(this.status)
  }

  /**
   * What the request with this id came to.
   *
   * @param operation - number of what is asked again and again, and may be answered alike each time; absent: of what is asked once
   */
  judge(id: number, operation?: number): Ending {
    if (this.status >= FIRST_ERROR_STATUS) return this.acceptance()
    const memory = operation === undefined ? undefined : this.#memories[operation]
    if (memory?.recalls(this.#room, this.#lengthBytes, this.#isStream, id) === true) return this.acceptance()
    const failure = failureOf(this.#answerTo(id))
    if (failure !== undefined) return failure
    if (operation !== undefined) this.#learn(id, operation)
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

  /** Whether it has this in its beginning, in whatever words. */
  says(pattern: RegExp): boolean {
    return pattern.test(this.#room.toString('utf8', 0, Math.min(this.#lengthBytes, MOST_SEARCHED_BYTES)))
  }

  /** How often it told of progress under this token. */
  progressOf(token: number): number {
    if (!this.#isStream) return 0
    return this.#messages().filter(({ method, params }) => {
      return method === PROGRESS && isObject(params) && params['progressToken'] === token
    }).length
  }

  #learn(id: number, operation: number): void {
    const memory = this.#memories[operation] ?? new AnswerMemory()
    this.#memories[operation] = memory
    const heard = { bytes: this.#room, length: this.#lengthBytes, isStream: this.#isStream, id }
    memory.learn(heard, (text, other) => failureOf(answerIn(this.#parse(text), other)) === undefined)
  }

  /** Others may come before it: progress, or an event without data that a stream begins with. */
  #answerTo(id: number): JsonObject | undefined {
    return answerIn(this.#messages(), id)
  }

  #messages(): readonly JsonObject[] {
    this.#parsed ??= this.#parse(this.#room.toString('utf8', 0, this.#lengthBytes))
    return this.#parsed
  }

  #grow(bytes: number): void {
    const room = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#room.length))
    room.set(this.#room.subarray(0, this.#lengthBytes))
    this.#room = room
  }

  #parse(text: string): readonly JsonObject[] {
    if (!this.#isStream) return parseMessages(text)
    const [, onlyData] = ONE_EVENT.exec(text) ?? []
    if (onlyData !== undefined) return parseMessages(onlyData)
    const messages: JsonObject[] = []
    loadEventParser()
      .createParser({ onEvent: ({ data }) => messages.push(...parseMessages(data)) })
      .feed(text)
    return messages
  }
}

function answerIn(messages: readonly JsonObject[], id: number): JsonObject | undefined {
  return messages.find((message) => message['id'] === id && ('result' in message || 'error' in message))
}

/** @returns what is wrong with an answer, if something is */
function failureOf(answer: JsonObject | undefined): Ending | undefined {
  if (answer === undefined) return { outcome: 'RPC NO ANSWER', isOk: false }
  const { error, result } = answer
  if (!('result' in answer)) return failed(`RPC ${codeOf(error)}`, isObject(error) ? error['message'] : undefined)
  return isObject(result) && result['isError'] === true ? failed('TOOL ERROR', firstText(result['content'])) : undefined
}

/** Longer than anybody reads; a server may say as much as it likes. */
const MOST_SAID = 2_000

function failed(outcome: string, said: unknown): Ending {
  return { outcome, isOk: false, ...(typeof said === 'string' ? { said: said.slice(0, MOST_SAID) } : {}) }
}

/** Of a tool's result. */
function firstText(content: unknown): unknown {
  const blocks: readonly unknown[] = Array.isArray(content) ? content : []
  const block = blocks.find((each) => isObject(each) && typeof each['text'] === 'string')
  return isObject(block) ? block['text'] : undefined
}

/** A closed set: what a server puts there may be anything, and there are as many outcomes as different ones. */
function codeOf(error: unknown): string {
  const code = isObject(error) ? error['code'] : undefined
  return typeof code === 'number' && Number.isInteger(code) && Math.abs(code) < 1e6 ? String(code) : 'ERROR'
}
