import type { EndedRequests, MemorySample } from './memory-sample.ts'

const NS_PER_SEC = 1e9
/** Counts may come a second at a time; one that is told again for longer is of a time in which nothing ended. */
const LONGEST_STAND_NS = 1.5 * NS_PER_SEC
/** As many as make a curve of a day of load, whatever its shape. */
const MOST_KNOTS = 4_096
const MOST_WITH_STANDS = 3_072

/** How many requests had ended by when: where the count changed, and no more of that than a curve needs, however long it is. */
export class RequestKnots {
  // All at once, as rows are.
  readonly #counts = new Float64Array(MOST_KNOTS + 2)
  readonly #times = new Float64Array(MOST_KNOTS + 2)
  #length = 0
  /** of counters before the present one */
  #earlier = 0
  #last = 0
  /** until when the last count was told again */
  #standsToNs = 0
  #first: number | undefined
  #isAsked = false
  #quietToNs: number | undefined

  /** In their order; each count is higher than the one before, but for the ends of a time in which nothing ended. */
  get all(): readonly EndedRequests[] {
    return Array.from({ length: this.#length }, (_, index) => this.#knot(index))
  }

  /** The last sample before anything was asked, if there is one. */
  get quietToNs(): number | undefined {
    return this.#quietToNs
  }

  add({ atNs, requests }: Pick<MemorySample, 'atNs' | 'requests'>): void {
    this.#noteQuiet(atNs, requests)
    if (requests === null) return
    if (requests.count < this.#last) this.#beginAnew(requests.atNs)
    this.#last = requests.count
    this.#note(this.#earlier + requests.count, requests.atNs)
  }

  /** Who goes on where another has stopped counts from the beginning: nothing is known to have ended between the two. */
  #beginAnew(atNs: number): void {
    this.#earlier += this.#last
    this.#standsToNs = Math.max(this.#standsToNs, atNs - NS_PER_SEC)
  }

  /** A load tells nothing until it begins, and then until when it counts; a function tells of now. */
  #noteQuiet(atNs: number, requests: EndedRequests | null): void {
    if (this.#isAsked) return
    this.#first ??= requests?.count
    this.#isAsked = requests !== null && (requests.atNs !== atNs || requests.count !== this.#first)
    if (!this.#isAsked) this.#quietToNs = atNs
  }

  #note(count: number, atNs: number): void {
    if (this.#length > 0) {
      const last = this.#knot(this.#length - 1)
      if (count <= last.count) this.#standsToNs = Math.max(this.#standsToNs, atNs)
      if (count <= last.count || atNs <= last.atNs) return
      const stoodNs = this.#standsToNs - last.atNs
      if (stoodNs > LONGEST_STAND_NS && this.#standsToNs < atNs) this.#push(last.count, this.#standsToNs)
    }
    this.#push(count, atNs)
    if (this.#length > MOST_KNOTS) this.#thin()
  }

  #push(count: number, atNs: number): void {
    this.#counts[this.#length] = count
    this.#times[this.#length] = atNs
    this.#length++
  }

  #knot(index: number): EndedRequests {
    return { count: this.#counts[index] ?? 0, atNs: this.#times[index] ?? 0 }
  }

  /** Each second one is left out, but not where a stand begins or ends; where there are hardly any others, of these too. */
  #thin(): void {
    const knots = this.all
    const isStand = (index: number) =>
      knots[index]?.count === knots[index - 1]?.count || knots[index]?.count === knots[index + 1]?.count
    const isKept = (index: number) => index % 2 === 0 || index === knots.length - 1
    const withStands = knots.filter((_, index) => isKept(index) || isStand(index))
    const isEnough = withStands.length <= MOST_WITH_STANDS
    this.#length = 0
    for (const { count, atNs } of isEnough ? withStands : knots.filter((_, index) => isKept(index)))
      this.#push(count, atNs)
  }
}
