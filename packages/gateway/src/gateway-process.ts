import cluster, { type Worker } from 'node:cluster'
import { type ProcessMessage, readMessage } from './process-messages.ts'

const IN_ORDER = 'code 0'

/** One of a gateway's processes, as the one that started it sees it. */
export class GatewayProcess {
  /** Where it takes what others pass on. Never settles when it ends before it says so, as `url`. */
  readonly privatePort: Promise<number>
  /** The endpoint that it shares, once it listens there. */
  readonly url: Promise<string>
  /** How it ended: `code 1`, a signal, or why it could not be started. */
  readonly ended: Promise<string>
  readonly #worker: Worker
  #isReady = false

  constructor(env: Readonly<Record<string, string>>) {
    const worker = cluster.fork(env)
    this.#worker = worker
    const privatePort = Promise.withResolvers<number>()
    const url = Promise.withResolvers<string>()
    const ended = Promise.withResolvers<string>()
    worker.on('message', (message: unknown) => {
      const heard = readMessage(message)
      if (heard?.type === 'private') privatePort.resolve(heard.port)
      if (heard?.type !== 'ready') return
      this.#isReady = true
      url.resolve(heard.url)
    })
    // From its first moment on: who looks later may have missed it.
    worker.once('exit', (code, signal) => ended.resolve(signal || `code ${code}`))
    // One that could not be started has no exit. Other errors are of the channel, without which it ends by itself.
    worker.on('error', ({ message }) => {
      if (worker.isDead()) ended.resolve(message)
    })
    this.privatePort = privatePort.promise
    this.url = url.promise
    this.ended = ended.promise
  }

  /** With this its sessions' ids begin. */
  get number(): number {
    return this.#worker.id
  }

  /** Whether it has begun to listen for clients, also when it has ended since. */
  get isReady(): boolean {
    return this.#isReady
  }

  tell(message: ProcessMessage): void {
    // One that has ended, or is about to, does not hear it; its end is known otherwise.
    if (this.#worker.isConnected()) this.#worker.send(message, () => undefined)
  }

  /**
   * Lets it finish what is under way, and ends it when it has not ended within `withinMs`.
   *
   * @returns what went wrong; undefined when it ended in order, or before
   */
  async stop(withinMs: number): Promise<string | undefined> {
    if (this.#worker.isDead()) return undefined
    this.tell({ type: 'stop' })
    let isKilled = false
    const timer = setTimeout(() => {
      isKilled = true
      this.kill()
    }, withinMs)
    const how = await this.ended
    clearTimeout(timer)
    if (isKilled) return `process ${this.number} of the gateway did not end within ${withinMs} ms, and was killed`
    return how === IN_ORDER ? undefined : `process ${this.number} of the gateway ended before it had finished (${how})`
  }

  /** At once. Does nothing when it has ended. */
  kill(): void {
    this.#worker.process.kill('SIGKILL')
  }
}
