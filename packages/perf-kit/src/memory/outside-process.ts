import { readdirSync } from 'node:fs'
import { DescriptorCount } from './descriptor-count.ts'
import { type ProcessStat, readProcessStat, textOf } from './process-stat.ts'

const BYTES_PER_KIB = 1024

/** What a process is like from outside. */
export type OutsideSample =
  | {
      readonly state: 'seen'
      /** resident memory, of all its threads */
      readonly rssBytes: number
      readonly threads: number
      /** `null`: its user is another one, and the system does not tell */
      readonly descriptors: number | null
      readonly sockets: number | null
      /** that it has started itself, and that have not ended or were not taken note of */
      readonly children: number | null
    }
  /** it is gone; its number may be another process's by now */
  | { readonly state: 'ended' }
  | { readonly state: 'unreadable'; readonly because: string }

/**
 * Looks at a process without its doing, by what Linux tells in /proc. Nothing here throws. It is known by its number and by when it was
 * started: numbers come again.
 */
export class OutsideProcess {
  readonly pid: number
  readonly #root: string
  readonly #folder: string
  readonly #startTicks: string | undefined
  readonly #descriptors: DescriptorCount

  /** @param root - where the system tells of processes */
  constructor(pid: number, root = '/proc') {
    this.pid = pid
    this.#root = root
    this.#folder = `${root}/${pid}`
    this.#startTicks = readProcessStat(this.#folder)?.startTicks
    this.#descriptors = new DescriptorCount(`${this.#folder}/fd`)
  }

  sample(): OutsideSample {
    const before = readProcessStat(this.#folder)
    if (before === undefined) return this.#unseen()
    const status = textOf(`${this.#folder}/status`) ?? ''
    const rssKib = numberAfter('VmRSS', status)
    const sample: OutsideSample = {
      state: 'seen',
      rssBytes: (rssKib ?? 0) * BYTES_PER_KIB,
      threads: numberAfter('Threads', status) ?? 0,
      ...this.#open(),
      children: this.#children(),
    }
    // Read once more: it may have ended, and another begun, between the two.
    const after = readProcessStat(this.#folder)
    if ([before, after].some((stat) => stat === undefined || !this.#isSame(stat))) return { state: 'ended' }
    return rssKib === undefined ? { state: 'unreadable', because: 'the system does not tell its memory' } : sample
  }

  #isSame({ hasEnded, startTicks }: ProcessStat): boolean {
    return startTicks === this.#startTicks && !hasEnded
  }

  #unseen(): OutsideSample {
    if (textOf(`${this.#root}/stat`) === undefined) {
      return { state: 'unreadable', because: 'this system has no /proc, as Linux has' }
    }
    if (!isThere(this.pid)) return { state: 'ended' }
    return { state: 'unreadable', because: `/proc/${this.pid} may not be read by this user` }
  }

  #open(): { readonly descriptors: number | null; readonly sockets: number | null } {
    try {
      const { open, sockets } = this.#descriptors.count()
      return { descriptors: open, sockets }
    } catch {
      return { descriptors: null, sockets: null }
    }
  }

  /** Each thread has those that it has started. */
  #children(): number | null {
    try {
      const threads = readdirSync(`${this.#folder}/task`)
      const lists = threads.map((thread) => textOf(`${this.#folder}/task/${thread}/children`))
      if (lists.every((list) => list === undefined)) return null
      return lists.reduce((sum, list = '') => sum + (list.match(/\d+/g)?.length ?? 0), 0)
    } catch {
      return null
    }
  }
}

/** `VmRSS:     51200 kB` */
function numberAfter(name: string, status: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** One of another user's may not be signalled, and is there. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
