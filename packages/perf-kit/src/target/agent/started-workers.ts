import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Worker } from 'node:worker_threads'

/** Told by Node (from 18 on) when a worker thread is started. */
const WORKERS_CHANNEL = 'worker_threads'
const NODES_OWN = 'InternalWorker'

/** Counts the worker threads that the application has started: nothing else tells of those that do not keep the process alive, as in most pools. */
export class StartedWorkers {
  #count = 0

  constructor() {
    subscribe(WORKERS_CHANNEL, this.#note)
  }

  get count(): number {
    return this.#count
  }

  stop(): void {
    unsubscribe(WORKERS_CHANNEL, this.#note)
  }

  readonly #note = (message: unknown): void => {
    const worker = typeof message === 'object' && message !== null && 'worker' in message ? message.worker : undefined
    // Node's own, for hooks of modules, is none of the application's.
    if (worker instanceof Worker && worker.constructor.name !== NODES_OWN) this.#count++
  }
}
