import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { LineReader } from '../../../src/target/agent/line-reader.ts'
import { AGENT_VERSION, LONGEST_ANSWER_BYTES } from '../../../src/target/agent/messages.ts'
import { AgentFolder } from '../../../src/target/agent-folder.ts'
import { OBEDIENT, script } from './agent-target.ts'

/** Twice as long as a client may be silent, and more. */
const LAST_MOMENT_MS = 15_000

/** A process with an agent in it, whose socket is at hand; ended with the scope that holds it. */
export class RunningAgent implements AsyncDisposable {
  readonly folder: AgentFolder
  readonly child: ChildProcess
  readonly url: string
  /** what the process has written besides its URL */
  output = ''
  readonly #sockets: Socket[] = []

  private constructor(folder: AgentFolder, child: ChildProcess, url: string) {
    this.folder = folder
    this.child = child
    this.url = url
  }

  static async start(): Promise<RunningAgent> {
    const folder = await AgentFolder.create()
    const [program = '', ...args] = script(OBEDIENT)
    const env = { ...process.env, ...folder.environment(undefined) }
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [line] = await once(createInterface(child.stdout), 'line')
    const running = new RunningAgent(folder, child, String(line).replace('listening on ', ''))
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        running.output += chunk.toString('utf8')
      })
    }
    return running
  }

  /** A client that says what it likes. */
  async client(): Promise<RawClient> {
    const [socket] = await this.folder.sockets()
    const client = new RawClient(connect(socket?.path ?? 'nowhere'))
    this.#sockets.push(client.socket)
    await once(client.socket, 'connect')
    return client
  }

  /** A client that has said hello. */
  async knownClient(): Promise<RawClient> {
    const client = await this.client()
    await client.ask({ ask: 'hello', token: this.folder.token })
    return client
  }

  /** Does the application go on as if nothing had been? */
  async works(): Promise<boolean> {
    const answer = await (await fetch(this.url)).text()
    return answer === '"hello"' && this.output === '' && this.child.exitCode === null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL')
      await once(this.child, 'exit')
    }
    await this.folder.remove()
  }
}

export class RawClient {
  readonly socket: Socket
  readonly closed: Promise<void>
  readonly #lines: unknown[] = []
  #nextId = 100

  constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => undefined)
    const reader = new LineReader(
      LONGEST_ANSWER_BYTES,
      (line) => this.#lines.push(JSON.parse(line)),
      () => socket.destroy(),
    )
    socket.on('data', reader.add)
  }

  /** All that came until it was shown the door. */
  async saidUntilTheEnd(): Promise<readonly unknown[]> {
    const limit = setTimeout(() => this.socket.destroy(new Error('it was not shown the door')), LAST_MOMENT_MS)
    await this.closed
    clearTimeout(limit)
    expect(this.socket.errored?.message).not.toBe('it was not shown the door')
    return this.#lines
  }

  say(text: string | Buffer): void {
    this.socket.write(text)
  }

  /** Ask something, and wait for the answer to it. */
  async ask(question: object): Promise<unknown> {
    const id = this.#nextId++
    this.say(`${JSON.stringify({ v: AGENT_VERSION, id, ...question })}\n`)
    return await this.answerTo(id)
  }

  async answerTo(id: number): Promise<unknown> {
    for (;;) {
      const answer = this.#lines.find(
        (line) => typeof line === 'object' && line !== null && 'id' in line && line.id === id,
      )
      if (answer !== undefined) return answer
      if (this.socket.destroyed) throw new Error('it ended the conversation')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}
