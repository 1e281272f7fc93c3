import type { Session } from 'node:inspector/promises'
import { reduceHeap, type SampledHeap } from './allocation-stacks.ts'
import type { AllocationProfile } from './messages.ts'
import { hrtimeNs } from './shared-clock.ts'

/** The folder of this code, where it begins. */
const OWN_FOLDER = new URL('.', import.meta.url).href

export interface SamplingOptions {
  readonly intervalBytes: number
  /** tell of garbage too; otherwise it is collected before each profile */
  readonly withGarbage: boolean
}

/** V8 has one such profiler: a second one would change what the first one tells. */
let isTaken = false

/** V8's profiler of allocations, from its start until it is stopped. It notes one object in so many bytes, with the functions that led to it. */
export class AllocationSampling {
  readonly #session: Session
  readonly #options: SamplingOptions
  #lastOrdinal = -1

  private constructor(session: Session, options: SamplingOptions) {
    this.#session = session
    this.#options = options
  }

  /** @throws when somebody samples already, or this Node has no inspector */
  static async start(options: SamplingOptions): Promise<AllocationSampling> {
    if (isTaken) throw new Error('allocations are sampled for somebody else')
    isTaken = true
    try {
      // Nobody else in this process may need it.
      const { Session } = await import('node:inspector/promises')
      const session = new Session()
      session.connect()
      // Node's types do not know the last two yet.
      const wish = {
        samplingInterval: options.intervalBytes,
        includeObjectsCollectedByMajorGC: options.withGarbage,
        includeObjectsCollectedByMinorGC: options.withGarbage,
      }
      await session.post('HeapProfiler.startSampling', wish)
      return new AllocationSampling(session, options)
    } catch (error) {
      isTaken = false
      throw error
    }
  }

  async profile(): Promise<AllocationProfile> {
    // What has just ended is still held by the turn it ended in, and finalizers need a turn to run.
    await turnOfLoop()
    const fromNs = hrtimeNs()
    if (!this.#options.withGarbage) {
      // What finalizers let go of is garbage a turn later, and V8 collects once more for a profile.
      await this.#session.post('HeapProfiler.collectGarbage')
      await turnOfLoop()
      await turnOfLoop()
    }
    const { profile } = await this.#session.post('HeapProfiler.getSamplingProfile')
    if (!isSampledHeap(profile)) throw new Error('V8 tells of allocations otherwise than it is known to')
    const since = this.#lastOrdinal
    this.#lastOrdinal = profile.samples.reduce((last, { ordinal }) => Math.max(last, ordinal), since)
    const reduced = reduceHeap(profile, {
      intervalBytes: this.#options.intervalBytes,
      isNew: (ordinal) => ordinal > since,
      isOwn: (url) => url.startsWith(OWN_FOLDER),
    })
    const atNs = hrtimeNs()
    return { atNs, ...reduced, tookNs: atNs - fromNs }
  }

  /** V8 then forgets which object of the heap has which number: never between two snapshots. */
  stop(): void {
    this.#session.disconnect()
    isTaken = false
  }
}

function isSampledHeap(profile: object): profile is SampledHeap {
  return 'head' in profile && 'samples' in profile && Array.isArray(profile.samples)
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
