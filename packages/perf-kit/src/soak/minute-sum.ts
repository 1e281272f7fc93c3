import type { Counts, EventLine, JournalLine, MinuteLine, SampleLine, SecondLine } from './record-lines.ts'
import { OperationSums, RequestSums } from './request-sums.ts'
import { SecondTimes, type Times } from './second-times.ts'

export const NO_COUNTS: Counts = {
  offered: 0,
  dropped: 0,
  unsent: 0,
  receivedBytes: 0,
  lostConnections: 0,
  deliveriesLost: 0,
  deliveriesArrived: 0,
  inGaps: 0,
}

interface Row extends Times {
  readonly at: number
  readonly level: number
  readonly succeeded: number
  readonly failed: number
  readonly notSent: number
}

/** Adds up the lines of a journal to what they come to. */
export class MinuteSum {
  readonly #requests = new RequestSums()
  readonly #operations = new OperationSums()
  readonly #times = new SecondTimes()
  #rows: Row[] = []
  #samples: SampleLine[] = []
  #events: EventLine[] = []
  #counts = NO_COUNTS
  #wallMs: number | null = null

  get isEmpty(): boolean {
    return this.#wallMs === null && this.#samples.length === 0 && this.#events.length === 0
  }

  add(line: JournalLine): void {
    if (line.type === 'second') this.#addSecond(line)
    else if (line.type === 'sample') this.#samples.push(line)
    else this.#events.push(line)
  }

  /** All that was added since the last time, as a line. */
  take(number: number): MinuteLine {
    const rows = this.#rows
    const line: MinuteLine = {
      type: 'minute',
      number,
      wallMs: this.#wallMs,
      seconds: {
        at: rows.map(({ at }) => at),
        level: rows.map(({ level }) => level),
        succeeded: rows.map(({ succeeded }) => succeeded),
        failed: rows.map(({ failed }) => failed),
        notSent: rows.map(({ notSent }) => notSent),
        p50Ns: rows.map(({ p50Ns }) => p50Ns),
        p99Ns: rows.map(({ p99Ns }) => p99Ns),
        highestNs: rows.map(({ highestNs }) => highestNs),
      },
      counts: this.#counts,
      requests: this.#requests.take(),
      operations: this.#operations.take(),
      samples: this.#samples,
      events: this.#events,
    }
    this.#rows = []
    this.#samples = []
    this.#events = []
    this.#counts = NO_COUNTS
    this.#wallMs = null
    return line
  }

  #addSecond({ at, wallMs, level, isGap, isWhole, second }: SecondLine): void {
    this.#wallMs = wallMs
    if (isGap) {
      this.#counts = addCounts(this.#counts, { ...NO_COUNTS, inGaps: second.finished })
      return
    }
    const { offered, dropped, unsent, receivedBytes } = second
    this.#counts = addCounts(this.#counts, {
      offered,
      dropped,
      unsent,
      receivedBytes,
      lostConnections: second.lostConnections ?? 0,
      deliveriesLost: second.deliveries?.lost ?? 0,
      deliveriesArrived: second.deliveries?.arrived ?? 0,
      inGaps: 0,
    })
    this.#requests.add(second)
    this.#operations.add(second.operations ?? {})
    if (!isWhole) return
    this.#rows.push({
      at,
      level,
      succeeded: second.succeededInWindow,
      failed: second.failed,
      notSent: second.dropped + second.unsent,
      ...this.#times.of(second.distributions['responseTime']),
    })
  }
}

export function addCounts(left: Counts, right: Counts): Counts {
  return {
    offered: left.offered + right.offered,
    dropped: left.dropped + right.dropped,
    unsent: left.unsent + right.unsent,
    receivedBytes: left.receivedBytes + right.receivedBytes,
    lostConnections: left.lostConnections + right.lostConnections,
    deliveriesLost: left.deliveriesLost + right.deliveriesLost,
    deliveriesArrived: left.deliveriesArrived + right.deliveriesArrived,
    inGaps: left.inGaps + right.inGaps,
  }
}
