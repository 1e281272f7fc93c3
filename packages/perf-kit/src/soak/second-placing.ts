import type { StreamedSecond } from '../load/index.ts'
import type { ClockLine, GapLine } from './record-lines.ts'
import type { ClockWatch } from './soak-clock.ts'

const NS_PER_SEC = 1e9
/** A second of which less is missing is one. */
const PIECE_NS = 0.2 * NS_PER_SEC
/** A night would leave no room for the day. */
const LONGEST_DRAWN_SEC = 60
const MINUTE_SEC = 60
/** Beyond that, charts show minutes: a gap in one of them has to be a whole one. */
const MINUTES_FROM_SEC = 2_400

export interface PlacedSecond {
  readonly at: number
  readonly isGap: boolean
  readonly isWhole: boolean
  /** what has to be told before it */
  readonly events: readonly (GapLine | ClockLine)[]
}

export interface PartPlace {
  /** where the first of its seconds lies */
  readonly fromAt: number
  /** how long it is to last */
  readonly scheduleNs: number
  /** and all parts together */
  readonly plannedNs: number
}

/**
 * Where the seconds of a part lie on the axis of all parts, and which of them were none: after a pause of this process (it was stopped, or its machine stood still) all seconds of it
 * are told at once, and while the machine is suspended no clock of ours runs.
 */
export class SecondPlacing {
  readonly #clocks: ClockWatch
  readonly #scheduleNs: number
  readonly #plannedNs: number
  #fromAt: number
  #gapUntilNs = Number.NEGATIVE_INFINITY

  constructor({ fromAt, scheduleNs, plannedNs }: PartPlace, clocks: ClockWatch) {
    this.#fromAt = fromAt
    this.#scheduleNs = scheduleNs
    this.#plannedNs = plannedNs
    this.#clocks = clocks
  }

  place({ second, untilNs }: Pick<StreamedSecond, 'second' | 'untilNs'>): PlacedSecond {
    const events: (GapLine | ClockLine)[] = []
    for (const { kind, byNs } of this.#clocks.look()) {
      const at = this.#fromAt + second
      if (kind === 'clockSet') events.push({ type: 'clock', at, byNs })
      else {
        const drawnSec = drawnSecOf(byNs, at, this.#plannedNs)
        events.push({ type: 'gap', at, kind, lastedNs: byNs, drawnSec })
        this.#fromAt += drawnSec
      }
    }
    const at = this.#fromAt + second
    const [beganNs, endNs] = [second * NS_PER_SEC, (second + 1) * NS_PER_SEC]
    if (untilNs - endNs >= NS_PER_SEC && endNs > this.#gapUntilNs) {
      this.#gapUntilNs = untilNs
      const drawnSec = Math.ceil((untilNs - PIECE_NS) / NS_PER_SEC) - second
      events.push({ type: 'gap', at, kind: 'stopped', lastedNs: untilNs - beganNs, drawnSec })
    }
    // Of the one in which it went on there may be next to nothing.
    const isGap = endNs - this.#gapUntilNs < NS_PER_SEC - PIECE_NS
    const isWhole = untilNs >= endNs - PIECE_NS && endNs <= this.#scheduleNs
    return { at, isGap, isWhole, events }
  }
}

/**
 * How long a gap is on the axis in which no second was told: at least one, so that it is seen; between parts of a long soak, whose charts show minutes, at least a whole
 * minute of theirs.
 */
export function drawnSecOf(lastedNs: number, at: number, plannedNs: number): number {
  const seconds = Math.min(LONGEST_DRAWN_SEC, Math.max(1, Math.round(lastedNs / NS_PER_SEC)))
  if (plannedNs <= MINUTES_FROM_SEC * NS_PER_SEC) return seconds
  return MINUTE_SEC * (Math.ceil(at / MINUTE_SEC) + 1) - at
}
