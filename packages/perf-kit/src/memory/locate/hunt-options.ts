import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PerfKitError } from '../../errors/index.ts'
import type { TargetAgent, TargetExit } from '../../target/index.ts'
import type { LeakOptions } from '../leak-verdict.ts'
import type { HuntingLoad, LoadWish } from './hunting-load.ts'

const NS_PER_SEC = 1e9
/** Shorter, and there is nothing to judge by. */
const SHORTEST_WATCH_NS = NS_PER_SEC
const SHORTEST_SAMPLING_NS = 0.5 * NS_PER_SEC
const LONGEST_SAMPLING_NS = 10 * NS_PER_SEC

/** In whom a leak is looked for: what `startTarget` has started with `traceable: true` and `agent: true` is one. */
export interface HuntedTarget {
  readonly pid: number
  readonly agent: TargetAgent | undefined
  readonly withoutAgent: string | undefined
  readonly hasEnded: boolean
  readonly exit: Promise<TargetExit>
  /** the last that it said */
  readonly outputTail: string
}

export interface HuntOptions {
  /** asked for each step: `(wish) => new LoadGenerator({ … })` */
  readonly load: (wish: LoadWish) => HuntingLoad
  /** for how long it is watched before it is judged; default 60 s */
  readonly watchNs?: number
  /** where that has not told, it is watched anew for as long as would, up to this; default 300 s */
  readonly longestNs?: number
  /** of each other step; default a sixth of `watchNs`, from 0.5 s to 10 s */
  readonly samplingNs?: number
  /** what counts as growth */
  readonly leaks?: LeakOptions
  /** false: no heap snapshots, for which the target stands still. Default true */
  readonly snapshots?: boolean
  /** more than this snapshots must not take of memory; default what is free */
  readonly memoryBytes?: number
  /** a folder that snapshots are kept in; they have all strings of the heap, secrets too. Default: they are removed */
  readonly keepIn?: string
  /** tell the largest new strings, and keys on paths: they may be secrets */
  readonly withStrings?: boolean
}

export interface HuntTimes {
  readonly watchNs: number
  readonly longestNs: number
  readonly samplingNs: number
}

/** @throws {PerfKitError} `LOAD_INVALID` */
export function timesOf({
  watchNs = 60 * NS_PER_SEC,
  longestNs = 300 * NS_PER_SEC,
  samplingNs,
}: HuntOptions): HuntTimes {
  if (!(watchNs >= SHORTEST_WATCH_NS)) {
    throw new PerfKitError('LOAD_INVALID', `in ${watchNs / NS_PER_SEC} s nobody can tell what grows`, {
      remedy: 'Give a second or more; a minute is usual.',
    })
  }
  return {
    watchNs,
    longestNs,
    samplingNs: samplingNs ?? Math.min(LONGEST_SAMPLING_NS, Math.max(SHORTEST_SAMPLING_NS, watchNs / 6)),
  }
}

/** Before minutes are spent on what could not be kept. @throws {PerfKitError} `STORE_UNWRITABLE` */
export async function makeFolder(folder: string): Promise<void> {
  const trial = join(folder, `.perf-kit-${process.pid}`)
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(trial, '')
    await rm(trial)
  } catch (cause) {
    throw new PerfKitError('STORE_UNWRITABLE', `nothing can be kept in ${folder}`, {
      where: folder,
      cause,
      remedy: 'Name a folder that you may write to.',
    })
  }
}
