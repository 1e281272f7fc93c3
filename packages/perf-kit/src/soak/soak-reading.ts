import { buildHistogram } from '../load/index.ts'
import { MemoryRecord, type MemorySample } from '../memory/index.ts'
import type { SoakGap, SoakPart } from '../run/index.ts'
import { addEncoded } from './encoded-counts.ts'
import { addCounts, NO_COUNTS } from './minute-sum.ts'
import { PieceValues } from './piece-values.ts'
import type { Counts, EventLine, MinuteLine, PartLine, RecordHead, SampleLine } from './record-lines.ts'
import { extentOf, readHead, readMinutes } from './record-reader.ts'
import { OperationSums, RequestSums } from './request-sums.ts'

const NS_PER_SEC = 1e9

/** What was seen of one process. */
export interface WatchedProcess {
  readonly record: MemoryRecord
  readonly isOneOfMany: boolean
  /** what was not seen of it */
  readonly unseen: Set<string>
  samples: number
}

/** What a record comes to, whatever its length: read in pieces, of which none is kept. */
export interface SoakReading {
  readonly head: RecordHead
  readonly measuredSec: number
  /** from its beginning to its last second, gaps included */
  readonly lastedNs: number
  readonly counts: Counts
  readonly requests: RequestSums
  /** of a mix, by name */
  readonly operations: ReadonlyMap<string, RequestSums>
  readonly values: PieceValues
  readonly parts: readonly SoakPart[]
  readonly gaps: readonly SoakGap[]
  /** by how much the machine's clock was set, each time */
  readonly clockSetsNs: readonly number[]
  /** what could not be known, as it was said */
  readonly doubts: readonly string[]
  /** what of ours came to its limit */
  readonly limits: readonly string[]
  readonly processes: readonly WatchedProcess[]
}

/** How the last part ended, where that could not be recorded any more. */
export type UnrecordedEnd = Pick<SoakPart, 'end' | 'because'>

/** @throws {PerfKitError} `SOAK_RECORD_INVALID` */
export async function readSoak(folder: string, unrecorded?: UnrecordedEnd): Promise<SoakReading> {
  const head = await readHead(folder)
  const { nextAt } = await extentOf(folder)
  const reader = new Reader(nextAt)
  for await (const minute of readMinutes(folder)) reader.add(minute)
  if (unrecorded !== undefined) reader.endLast(unrecorded)
  const read = reader.finish()
  const inGapsNs = read.gaps.reduce((sum, { lastedNs }) => sum + lastedNs, 0)
  return { head, lastedNs: read.measuredSec * NS_PER_SEC + inGapsNs, ...read }
}

class Reader {
  readonly #values: PieceValues
  readonly #requests = new RequestSums()
  readonly #operations = new OperationSums()
  readonly #events = new Events()
  readonly #processes = new Map<string, WatchedProcess>()
  /** response times of the piece under way */
  readonly #times = buildHistogram()
  #timesAt = 0
  #counts = NO_COUNTS
  #measuredSec = 0
  #watched: WatchedProcess | undefined

  constructor(axisSec: number) {
    this.#values = new PieceValues(axisSec)
  }

  add({ seconds, counts, requests, operations, samples, events }: MinuteLine): void {
    this.#counts = addCounts(this.#counts, counts)
    this.#measuredSec += seconds.at.length
    this.#requests.add(requests)
    this.#operations.add(operations)
    for (const event of events) {
      this.#events.add(event)
      if (event.type === 'part') this.#watch(event)
      else if (event.type === 'end') for (const what of event.unseen) this.#watched?.unseen.add(what)
    }
    for (const [index, at] of seconds.at.entries()) {
      this.#values.addToMean('level', at, seconds.level[index] ?? 0)
      this.#values.addToMean('succeeded', at, seconds.succeeded[index] ?? 0)
      this.#values.addToMean('failed', at, seconds.failed[index] ?? 0)
      this.#values.addToMean('notSent', at, seconds.notSent[index] ?? 0)
    }
    this.#addTimes(seconds, requests.distributions['responseTime'])
    this.#events.addSeconds(seconds.at.length)
    for (const line of samples) this.#addSample(line)
  }

  endLast(end: UnrecordedEnd): void {
    this.#events.endLast(end)
  }

  finish() {
    this.#closeTimes()
    return {
      measuredSec: this.#measuredSec,
      counts: this.#counts,
      requests: this.#requests,
      operations: this.#operations.all,
      values: this.#values,
      processes: [...this.#processes.values()],
      ...this.#events.all,
    }
  }

  /** Of seconds as they are; of longer pieces, from what their minutes have together: percentiles are not merged. */
  #addTimes({ at, p50Ns, p99Ns, highestNs }: MinuteLine['seconds'], response: string | undefined): void {
    if (this.#values.pieceSec > 1) {
      const [first] = at
      if (first === undefined || response === undefined) return
      if (this.#values.pieceOf(first) !== this.#values.pieceOf(this.#timesAt)) this.#closeTimes()
      this.#timesAt = first
      addEncoded(response, this.#times)
      return
    }
    for (const [index, second] of at.entries()) {
      this.#keepTimes(second, [p50Ns[index] ?? null, p99Ns[index] ?? null, highestNs[index] ?? null])
    }
  }

  #closeTimes(): void {
    if (this.#times.totalCount === 0) return
    const [p50, p99] = [50, 99].map((percent) => this.#times.getValueAtPercentile(percent))
    this.#keepTimes(this.#timesAt, [p50 ?? null, p99 ?? null, this.#times.maxValue])
    this.#times.reset()
  }

  #keepTimes(at: number, times: readonly (number | null)[]): void {
    for (const [index, name] of ['responseTimeP50', 'responseTimeP99', 'responseTimeMax'].entries()) {
      const value = times[index] ?? null
      if (value !== null) this.#values.keepHighest(name, at, value)
    }
  }

  #addSample({ at, sample }: SampleLine): void {
    keepMemory(this.#values, at, sample)
    if (this.#watched === undefined) return
    this.#watched.record.add(sample)
    this.#watched.samples++
  }

  /** A process that was watched before goes on. */
  #watch({ process: identity, isOneOfMany }: PartLine): void {
    this.#watched = undefined
    if (identity === null) return
    const made = { record: new MemoryRecord(), isOneOfMany, unseen: new Set<string>(), samples: 0 }
    this.#watched = this.#processes.get(identity) ?? made
    this.#processes.set(identity, this.#watched)
  }
}

/** What goes up and down with garbage is a mean, and what collections leave is the least of a piece. */
function keepMemory(values: PieceValues, at: number, { inside, outside }: MemorySample): void {
  const rssBytes = outside?.rssBytes ?? inside?.memory.rssBytes
  if (rssBytes !== undefined) values.addToMean('targetRss', at, rssBytes)
  if (outside !== null) {
    if (outside.sockets !== null) values.keepHighest('targetSockets', at, outside.sockets)
    if (outside.descriptors !== null) values.keepHighest('targetDescriptors', at, outside.descriptors)
  }
  if (inside === null) return
  values.addToMean('targetHeapUsed', at, inside.memory.heapUsedBytes)
  values.addToMean('targetExternal', at, inside.memory.externalBytes)
  for (const { oldBytes } of inside.collections) values.keepLowest('targetHeapLeft', at, oldBytes)
  if (inside.resources !== null) {
    const handles = Object.values(inside.resources).reduce((sum, count) => sum + count, 0)
    values.keepHighest('targetHandles', at, handles)
  }
}

/** What happened beside the seconds, in its order. */
class Events {
  readonly #parts: SoakPart[] = []
  readonly #gaps: SoakGap[] = []
  readonly #clockSetsNs: number[] = []
  readonly #doubts = new Set<string>()
  readonly #limits = new Set<string>()

  get all() {
    return {
      parts: this.#parts,
      gaps: this.#gaps,
      clockSetsNs: this.#clockSetsNs,
      doubts: [...this.#doubts],
      limits: [...this.#limits],
    }
  }

  add(event: EventLine): void {
    const fromNs = event.at * NS_PER_SEC
    if (event.type === 'part') {
      const { startedAt, pid, notes } = event
      // Until its end is told, it has none.
      this.#parts.push({ startedAt, fromNs, seconds: 0, pid, end: 'killed', because: '', said: '' })
      for (const note of notes) this.#doubts.add(`nothing is known of the inside of the target: ${note}`)
    } else if (event.type === 'gap') {
      const { kind, lastedNs, drawnSec } = event
      this.#gaps.push({ fromNs, drawnNs: drawnSec * NS_PER_SEC, lastedNs, kind })
    } else if (event.type === 'clock') this.#clockSetsNs.push(event.byNs)
    else {
      const { end, because, said } = event
      this.#changeLast((part) => ({ ...part, end, because, said }))
      for (const doubt of event.doubts) this.#doubts.add(doubt)
      for (const limit of event.limits) this.#limits.add(limit)
    }
  }

  endLast(end: UnrecordedEnd): void {
    this.#changeLast((part) => (part.end === 'killed' ? { ...part, ...end } : part))
  }

  addSeconds(count: number): void {
    this.#changeLast((part) => ({ ...part, seconds: part.seconds + count }))
  }

  #changeLast(change: (part: SoakPart) => SoakPart): void {
    const last = this.#parts.pop()
    if (last !== undefined) this.#parts.push(change(last))
  }
}
