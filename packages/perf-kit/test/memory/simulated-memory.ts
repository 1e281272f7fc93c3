import type { GrowthPoint } from '../../src/memory/index.ts'
import { normalFrom, seededUniform } from '../stats/random.ts'

const KB = 1e3
const MB = 1e6

export const SECONDS = 180
export const PER_SEC = 1000

/** Chance of one simulated process: uniform and standard normal numbers, the same for the same seed. */
export class Chance {
  readonly uniform: () => number
  readonly normal: () => number

  constructor(seed: number) {
    this.uniform = seededUniform(seed)
    this.normal = normalFrom(this.uniform)
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform()
  }

  /** Each value is so much like the one before it; of standard deviation 1. */
  wave(resemblance: number): () => number {
    let value = this.normal()
    return () => {
      value = resemblance * value + Math.sqrt(1 - resemblance ** 2) * this.normal()
      return value
    }
  }
}

/** What is kept after a share of the time, in bytes. */
export type Kept = (shareRatio: number) => number

/** When full collections come: when the heap has grown by enough, or when they are asked for. */
export type Collected = 'natural' | 'asked'

/** Of V8: a heap may grow by a third at least, by 8 MB at least, and by as much as its young generation. */
const LEAST_GROWTH = 24 * MB
const ASKED_EVERY_SEC = 10

/** What there is of a heap, and whether it was collected just now. */
export interface HeapMoment {
  readonly second: number
  readonly bytes: number
  readonly isCollected: boolean
}

/**
 * A heap, ten times a second: what is kept, and the garbage that was promoted meanwhile; what is under way, and what was marked before it
 * became garbage, stays until the next full collection.
 */
export function* heapMoments(chance: Chance, kept: Kept, collected: Collected): Generator<HeapMoment> {
  const base = chance.between(5 * MB, 40 * MB)
  const garbagePerSec = chance.between(200 * KB, 4 * MB)
  const underWay = chance.wave(0.5)
  const floating = chance.between(10 * KB, 60 * KB)
  let left = base
  let garbage = 0
  let lastSec = 0
  for (let second = 0.1; second < SECONDS; second += 0.1) {
    const live = base + kept(second / SECONDS)
    garbage += 0.1 * garbagePerSec * chance.between(0.5, 1.5)
    const isFull = live + garbage > left + Math.max(LEAST_GROWTH, left / 3)
    const isCollected = isFull || (collected === 'asked' && second - lastSec >= ASKED_EVERY_SEC)
    if (isCollected) {
      left = live + floating * (1 + underWay() / 2 - Math.log(1 - chance.uniform()))
      garbage = 0
      lastSec = second
    }
    yield { second, bytes: isCollected ? left : live + garbage, isCollected }
  }
}

/** What full collections leave of it. */
function collections(chance: Chance, kept: Kept, collected: Collected = 'asked'): readonly GrowthPoint[] {
  const moments = [...heapMoments(chance, kept, collected)].filter(({ isCollected }) => isCollected)
  return moments.map(({ second, bytes }) => ({ x: second * PER_SEC, y: bytes }))
}

/** What is seen once a second. */
function everySecond(value: (second: number) => number): readonly GrowthPoint[] {
  return Array.from({ length: SECONDS }, (_, second) => ({ x: second * PER_SEC, y: value(second) }))
}

export interface Healthy {
  readonly what: string
  readonly points: (chance: Chance) => readonly GrowthPoint[]
}

/** Heaps of processes that keep nothing for ever, each a little different for each seed. */
export const HEALTHY_HEAPS: readonly { readonly what: string; readonly kept: (chance: Chance) => Kept }[] = [
  { what: 'keeps what it has', kept: () => () => 0 },
  {
    what: 'warms up (code, pools) in 2 to 20 % of the time',
    kept: (chance) => {
      const [size, end] = [chance.between(MB, 20 * MB), chance.between(0.02, 0.2)]
      return (share) => size * (1 - Math.exp((-3 * share) / end))
    },
  },
  {
    what: 'fills a cache evenly, which is full after 20 to 80 % of the time',
    kept: (chance) => {
      const [size, end] = [chance.between(2 * MB, 40 * MB), chance.between(0.2, 0.8)]
      return (share) => size * Math.min(1, share / end)
    },
  },
  {
    what: 'fills a cache with keys as they come: to 63 % after 10 to 60 % of the time',
    kept: (chance) => {
      const [size, end] = [chance.between(2 * MB, 40 * MB), chance.between(0.1, 0.6)]
      return (share) => size * (1 - Math.exp(-share / end))
    },
  },
  {
    what: 'keeps what bursts bring, every 10 to 60 s for up to half of the time',
    kept: (chance) => {
      const [everySec, size] = [chance.between(10, 60), chance.between(MB, 10 * MB)]
      const [lastsSec, phase] = [everySec * chance.between(0.1, 0.5), chance.between(0, everySec)]
      return (share) => ((share * SECONDS + phase) % everySec < lastsSec ? size : 0)
    },
  },
]

/** Processes that keep nothing for ever, by one signal. */
export const HEALTHY: readonly Healthy[] = [
  ...HEALTHY_HEAPS.map(({ what, kept }) => ({
    what,
    points: (chance: Chance) => collections(chance, kept(chance)),
  })),
  {
    what: 'has garbage in what is seen once a second, collected every 3 to 90 s',
    points: (chance) => {
      const [everySec, perSec] = [chance.between(3, 90), chance.between(10 * KB, MB)]
      const [phase, noise] = [chance.between(0, everySec), chance.wave(0.3)]
      return everySecond((second) => 20 * MB + ((second + phase) % everySec) * perSec + 30 * KB * noise())
    },
  },
  ...[0.3, 0.6, 0.8].map((resemblance) => ({
    what: `goes up and down, each second ${resemblance} times the one before and chance`,
    points: (chance: Chance) => {
      const [wave, size] = [chance.wave(resemblance), chance.between(50 * KB, 2 * MB)]
      return everySecond(() => 50 * MB + size * wave())
    },
  })),
  {
    what: 'has memory that wanders upwards, and stands still after 30 to 70 % of the time',
    points: (chance) => {
      const [end, step] = [chance.between(0.3, 0.7) * SECONDS, chance.between(20 * KB, 500 * KB)]
      let bytes = 60 * MB
      return everySecond((second) => {
        if (second < end) bytes += step * (0.3 + chance.normal())
        return bytes + (step / 3) * chance.normal()
      })
    },
  },
  {
    what: 'has memory that wanders for ever',
    points: (chance) => {
      const step = chance.between(20 * KB, 500 * KB)
      let bytes = 60 * MB
      return everySecond(() => {
        bytes += step * chance.normal()
        return bytes
      })
    },
  },
]

/** Processes that keep nothing for ever, and have not shown that yet: nobody can tell all of them from leaks. */
export const UNFINISHED: readonly Healthy[] = [
  ...[
    { from: 0.6, to: 1 },
    { from: 1, to: 3 },
  ].map(({ from, to }) => ({
    what: `fills a cache with keys as they come: to 63 % after ${100 * from} to ${100 * to} % of the time`,
    points: (chance: Chance) => {
      const [size, end] = [chance.between(2 * MB, 40 * MB), chance.between(from, to)]
      return collections(chance, (share) => size * (1 - Math.exp(-share / end)))
    },
  })),
  {
    what: 'fills a cache evenly, which is full after 85 to 100 % of the time',
    points: (chance) => {
      const [size, end] = [chance.between(2 * MB, 40 * MB), chance.between(0.85, 1)]
      return collections(chance, (share) => size * Math.min(1, share / end))
    },
  },
]

/** Of a process that keeps so many bytes of each request for ever, and warms up besides. */
export function keptOfEach(chance: Chance, bytesPerRequest: number): Kept {
  const [size, end] = [chance.between(MB, 5 * MB), chance.between(3, 10) / SECONDS]
  const all = bytesPerRequest * PER_SEC * SECONDS
  return (share) => all * share + size * (1 - Math.exp((-3 * share) / end))
}

export function leaking(chance: Chance, bytesPerRequest: number, collected: Collected): readonly GrowthPoint[] {
  return collections(chance, keptOfEach(chance, bytesPerRequest), collected)
}

/** Leaks that begin late: nobody can call these steady who looks at the end. */
export const LATE: Healthy = {
  what: 'keeps nothing for 70 to 85 % of the time, and 256 to 4096 bytes of each request from then on',
  points: (chance) => collections(chance, keptLate(chance)),
}

export function keptLate(chance: Chance): Kept {
  const [begin, all] = [chance.between(0.7, 0.85), chance.between(256, 4096) * PER_SEC * SECONDS]
  return (share) => all * Math.max(0, share - begin)
}
