import {
  type AllocationFrame,
  type AllocationStack,
  type AllocationSums,
  LONGEST_TEXT_CHARS,
  MOST_FRAMES,
  MOST_STACKS,
} from './messages.ts'

/** As V8 tells it: a tree of functions, and the objects that were noted, each with the function that has allocated it. */
export interface SampledHeap {
  readonly head: SampledFunction
  readonly samples: readonly SampledObject[]
}

interface SampledFunction {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children: readonly SampledFunction[]
}

interface CallFrame {
  readonly functionName: string
  readonly url: string
  /** from 0; −1 where there is none */
  readonly lineNumber: number
  readonly columnNumber: number
}

interface SampledObject {
  /** bytes that it stands for */
  readonly size: number
  readonly nodeId: number
  /** counts up, in the order in which objects were allocated */
  readonly ordinal: number
}

/** To find the size of what stands for so much; each comes nearer to it. */
const TURNS = 8

export interface ReducedHeap {
  readonly frames: readonly AllocationFrame[]
  readonly stacks: readonly AllocationStack[]
  readonly otherBytes: number
}

interface Tally {
  readonly all: Sums
  readonly newer: Sums
}

type Sums = { -readonly [Key in keyof AllocationSums]: number }

export interface ReduceOptions {
  /** of the profiler */
  readonly intervalBytes: number
  /** whether an object was allocated after the last time, by its ordinal */
  readonly isNew: (ordinal: number) => boolean
  /** whether code is ours, by its URL: what we allocate is nothing of the application's */
  readonly isOwn: (url: string) => boolean
}

/** The stacks with most bytes, with each function written once: a tree of all stacks may have megabytes. */
export function reduceHeap({ head, samples }: SampledHeap, { isOwn, ...options }: ReduceOptions): ReducedHeap {
  const tallies = tally(samples, options)
  const found = stacksOf(head, tallies, isOwn).sort((left, right) => bytesOf(right) - bytesOf(left))
  const frames = new FrameTable()
  return {
    stacks: found.slice(0, MOST_STACKS).map(({ path, all, newer }) => ({
      frames: path.map((frame) => frames.numberOf(frame)),
      ...all,
      newer,
    })),
    otherBytes: found.slice(MOST_STACKS).reduce((sum, each) => sum + each.all.bytes, 0),
    frames: frames.all,
  }
}

function tally(
  samples: readonly SampledObject[],
  { isNew, intervalBytes }: Omit<ReduceOptions, 'isOwn'>,
): ReadonlyMap<number, Tally> {
  const tallies = new Map<number, Tally>()
  for (const { size, nodeId, ordinal } of samples) {
    const found = tallies.get(nodeId) ?? { all: none(), newer: none() }
    const variance = varianceOf(size, intervalBytes)
    add(found.all, size, variance)
    if (isNew(ordinal)) add(found.newer, size, variance)
    tallies.set(nodeId, found)
  }
  return tallies
}

interface FoundStack extends Tally {
  /** the innermost first */
  readonly path: readonly CallFrame[]
}

function stacksOf(
  head: SampledFunction,
  tallies: ReadonlyMap<number, Tally>,
  isOwn: (url: string) => boolean,
): FoundStack[] {
  const found: FoundStack[] = []
  const visit = ({ id, callFrame, children }: SampledFunction, outer: readonly CallFrame[]): void => {
    if (isOwn(callFrame.url)) return
    const path = [callFrame, ...outer].slice(0, MOST_FRAMES)
    const sums = tallies.get(id)
    if (sums !== undefined) found.push({ path, ...sums })
    for (const child of children) visit(child, path)
  }
  // The tree's root is no function.
  for (const child of head.children) visit(child, [])
  return found
}

class FrameTable {
  readonly #all: AllocationFrame[] = []
  readonly #numbers = new Map<string, number>()

  get all(): readonly AllocationFrame[] {
    return this.#all
  }

  numberOf({ functionName, url, lineNumber, columnNumber }: CallFrame): number {
    const frame = {
      name: functionName.slice(0, LONGEST_TEXT_CHARS),
      url: url.slice(0, LONGEST_TEXT_CHARS),
      line: lineNumber + 1,
      column: columnNumber + 1,
    }
    const key = `${frame.line}:${frame.column} ${frame.url} ${frame.name}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#all.push(frame) - 1
    this.#numbers.set(key, number)
    return number
  }
}

function bytesOf({ all }: FoundStack): number {
  return all.bytes
}

function none(): Sums {
  return { noted: 0, bytes: 0, variance: 0, largest: 0 }
}

function add(sums: Sums, bytes: number, variance: number): void {
  sums.noted++
  sums.bytes += bytes
  sums.variance += variance
  sums.largest = Math.max(sums.largest, bytes)
}

/**
 * An object of so many intervals x is noted with a probability p of 1 − e^−x, and stands for x / p of them: by Horvitz and Thompson (1952) the square of that,
 * times 1 − p, is its part of the variance. What is much larger than an interval is always noted, and has no part in it.
 */
function varianceOf(bytes: number, intervalBytes: number): number {
  const stands = bytes / intervalBytes
  let size = stands
  for (let turn = 0; turn < TURNS; turn++) size = stands * (1 - Math.exp(-size))
  return bytes ** 2 * Math.exp(-size)
}
