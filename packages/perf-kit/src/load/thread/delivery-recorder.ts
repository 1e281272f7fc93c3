import { sharedClockOffsetNs } from '../../clock/index.ts'
import type { ResourceUpdate } from '../../protocol/index.ts'
import { ValueCounts } from '../../run/index.ts'
import type { CountedWindow } from './counted-request.ts'
import type { DeliveryTrack } from './delivery-track.ts'
import type { DeliveryDelta } from './mcp-delta.ts'

/** A difference beyond it is none between two readings of one clock: another machine's, or another's idea of the key. */
const LONGEST_NS = 3_600e9

/** Publishers tell their time on a clock that all processes of a machine share; `nowNs` has an own zero in each thread. */
const SHARED_CLOCK_NS = sharedClockOffsetNs()

const NOTHING = { arrived: 0, lost: 0, late: 0, twice: 0, untimed: 0, streamsLost: 0 }

/** Counts what became of notifications until somebody takes the counts away. */
export class DeliveryRecorder {
  readonly #window: CountedWindow
  readonly #times = new ValueCounts()
  #counts = { ...NOTHING }

  constructor(window: CountedWindow) {
    this.#window = window
  }

  /** @param track - of the stream on which it came */
  arrived({ uri, published }: ResourceUpdate, arrivedAtNs: number, track: DeliveryTrack): void {
    const isCounted = this.#isCounted(arrivedAtNs)
    const arrival = published === undefined ? undefined : track.arrived(uri, published, isCounted)
    if (!isCounted) return
    const counts = this.#counts
    counts.arrived++
    if (published === undefined || arrival === undefined) {
      counts.untimed++
      return
    }
    counts.lost += arrival.lost
    if (arrival.kind !== 'new') counts[arrival.kind]++
    const tookNs = arrivedAtNs + SHARED_CLOCK_NS - published.atNs
    if (tookNs < 0 || tookNs > LONGEST_NS) counts.untimed++
    else this.#times.add(tookNs)
  }

  streamLost(atNs: number): void {
    if (this.#isCounted(atNs)) this.#counts.streamsLost++
  }

  /** After the schedule, streams only wait to be ended. */
  #isCounted(atNs: number): boolean {
    return atNs >= this.#window.fromNs && atNs < this.#window.toNs
  }

  take(): DeliveryDelta {
    const counts = this.#counts
    this.#counts = { ...NOTHING }
    return { ...counts, times: this.#times.drain() }
  }
}
