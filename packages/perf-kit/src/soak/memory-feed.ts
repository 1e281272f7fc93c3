import type { CountedLoad, LeakVerdict, MemoryMonitor, MemorySample, MonitorOptions } from '../memory/index.ts'

/** Passes on what is seen of a process, and keeps nothing of it but what a verdict needs. */
export class MemoryFeed {
  readonly #monitor: MemoryMonitor
  #fresh: MemorySample[] = []

  /** @param make - of the process to watch */
  constructor(make: (options: MonitorOptions) => MemoryMonitor, load: CountedLoad) {
    this.#monitor = make({ load, onSample: (sample) => this.#fresh.push(sample) }).start()
  }

  get hasEnded(): boolean {
    return this.#monitor.state.state === 'ended'
  }

  /** Why something of the process is not known. */
  get doubts(): readonly string[] {
    const { state, because } = this.#monitor.state
    return [...this.#monitor.doubts, ...(state === 'unreadable' && because !== undefined ? [because] : [])]
  }

  /** What was not seen, so that nothing can be called steady. */
  get unseen(): readonly string[] {
    return this.#monitor.unseen
  }

  /** Of this part. */
  get verdict(): LeakVerdict {
    return this.#monitor.verdict()
  }

  /** What has come since the last time. */
  take(): readonly MemorySample[] {
    const fresh = this.#fresh
    this.#fresh = []
    return fresh
  }

  async stop(): Promise<void> {
    await this.#monitor.stop()
  }
}
