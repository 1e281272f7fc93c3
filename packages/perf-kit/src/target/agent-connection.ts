import { connect, type Socket } from 'node:net'
import type { z } from 'zod'
import { PerfKitError } from '../errors/index.ts'
import { LineReader } from './agent/line-reader.ts'
import { AGENT_VERSION, LONGEST_ANSWER_BYTES, type Question } from './agent/messages.ts'
import { answerSchema, type ReadAnswer } from './agent-answers.ts'

type Waiting = PromiseWithResolvers<unknown>

/** Questions to one agent, and its answers. */
export class AgentConnection {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #end: PerfKitError | undefined

  /** Connects at once; that it could not is told by the first question. */
  constructor(path: string) {
    this.#socket = connect(path)
    const reader = new LineReader(
      LONGEST_ANSWER_BYTES,
      (line) => this.#hear(line),
      () => this.#finish(lost('its answer is too long')),
    )
    this.#socket.on('data', reader.add)
    this.#socket.on('error', (cause) => this.#finish(lost(cause.message, cause)))
    this.#socket.on('close', () => this.#finish(lost('it has ended the connection')))
  }

  /**
   * @throws {PerfKitError} `AGENT_FAILED` when the agent refuses, answers something else, or its process has ended. One that is
   * stalled answers late.
   */
  async ask<Told>(question: Omit<Question, 'v' | 'id'>, schema: z.ZodType<Told>): Promise<Told> {
    if (this.#end !== undefined) throw this.#end
    const id = this.#nextId++
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    this.#socket.write(`${JSON.stringify({ v: AGENT_VERSION, id, ...question })}\n`)
    const told = schema.safeParse(await waiting.promise)
    if (told.success) return told.data
    throw lost(`its answer to ${question.ask} is none`, told.error)
  }

  close(): void {
    this.#finish(lost('the connection was closed'))
  }

  #hear(line: string): void {
    const answer = readAnswer(line)
    if (answer === undefined) this.#finish(lost('what it says is no answer'))
    // It has not even understood which question this is about, and leaves.
    else if (answer.id === null) this.#finish(refused(answer))
    else {
      const waiting = this.#waiting.get(answer.id)
      this.#waiting.delete(answer.id)
      if ('error' in answer) waiting?.reject(refused(answer))
      else waiting?.resolve(answer.ok)
    }
  }

  #finish(reason: PerfKitError): void {
    this.#end ??= reason
    this.#socket.destroy()
    for (const { reject } of this.#waiting.values()) reject(this.#end)
    this.#waiting.clear()
  }
}

function readAnswer(line: string): ReadAnswer | undefined {
  try {
    return answerSchema().safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

function refused(answer: ReadAnswer): PerfKitError {
  return lost('error' in answer ? `it refuses: ${answer.error.message}` : 'it refuses')
}

function lost(reason: string, cause?: unknown): PerfKitError {
  return new PerfKitError('AGENT_FAILED', `the agent in the target does not answer: ${reason}`, {
    remedy: 'Measure without it (--no-agent), and see whether the target ended by itself.',
    ...(cause === undefined ? {} : { cause }),
  })
}
