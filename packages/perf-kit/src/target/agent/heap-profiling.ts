import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeHeapSnapshot } from 'node:v8'
import { AllocationSampling } from './allocation-sampling.ts'
import type { WrittenSnapshot } from './messages.ts'
import { hrtimeNs } from './shared-clock.ts'

/** Below that a process would do little else than note what it allocates. */
const SHORTEST_INTERVAL_BYTES = 1_024
const SNAPSHOT_NAME = /^[\w-]+\.heapsnapshot$/

export interface AllocationQuestion {
  readonly step: unknown
  readonly intervalBytes: unknown
  readonly withGarbage: unknown
}

/** What one client asks of this process's heap that costs it something: who allocates, and what there is. */
export class HeapProfiling {
  #sampling: Promise<AllocationSampling> | undefined
  readonly #files: string[] = []

  /** @throws for what cannot be done, which is told to the client */
  async allocations({ step, intervalBytes, withGarbage }: AllocationQuestion): Promise<unknown> {
    if (step === 'start') {
      if (this.#sampling !== undefined) throw new Error('allocations are sampled already')
      if (typeof intervalBytes !== 'number' || !(intervalBytes >= SHORTEST_INTERVAL_BYTES)) {
        throw new Error(`an interval has ${SHORTEST_INTERVAL_BYTES} bytes or more`)
      }
      this.#sampling = AllocationSampling.start({ intervalBytes, withGarbage: withGarbage === true })
      this.#sampling.catch(() => {
        this.#sampling = undefined
      })
      await this.#sampling
      return null
    }
    if (this.#sampling === undefined) throw new Error('allocations are not sampled')
    if (step === 'profile') return await (await this.#sampling).profile()
    if (step !== 'stop') throw new Error('allocations start, profile or stop')
    await this.stop()
    return null
  }

  /**
   * Write all that is on the heap into a file. The process stands still meanwhile.
   *
   * @param folder - the only one in which files are made, so that a client cannot have others overwritten
   */
  async snapshot(folder: string, name: unknown): Promise<WrittenSnapshot> {
    if (typeof name !== 'string' || !SNAPSHOT_NAME.test(name)) throw new Error('a snapshot is called name.heapsnapshot')
    const fromNs = hrtimeNs()
    const file = join(folder, name)
    this.#files.push(file)
    writeHeapSnapshot(file)
    return { file, tookNs: hrtimeNs() - fromNs }
  }

  /** Its client has left, and may have been killed: what it has had written would lie there for ever. */
  async end(): Promise<void> {
    for (const file of this.#files.splice(0)) rmSync(file, { force: true })
    await this.stop()
  }

  async stop(): Promise<void> {
    const sampling = await this.#sampling?.catch(() => undefined)
    this.#sampling = undefined
    sampling?.stop()
  }
}
