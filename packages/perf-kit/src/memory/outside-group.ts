import { readdirSync } from 'node:fs'
import { OutsideProcess, type OutsideSample } from './outside-process.ts'
import { readProcessStat } from './process-stat.ts'

type Seen = Extract<OutsideSample, { readonly state: 'seen' }>

/**
 * A process that leads its group, as every target that was started does, with all that it has started: `npm`, a shell, or the primary of a cluster hardly keeps anything
 * itself. What is told is of all of them together; pages that they share count for each.
 */
export class OutsideGroup {
  readonly #leader: OutsideProcess
  readonly #root: string
  #members = new Map<number, OutsideProcess>()
  #first: readonly OutsideProcess[] | undefined
  #most = 0

  /** @param root - where the system tells of processes */
  constructor(pid: number, root = '/proc') {
    this.#leader = new OutsideProcess(pid, root)
    this.#root = root
  }

  /** How many processes there were at once. */
  get most(): number {
    return this.#most
  }

  /** Those that were there at first, and have ended. */
  get lost(): readonly number[] {
    return (this.#first ?? []).map(({ pid }) => pid).filter((pid) => !this.#members.has(pid))
  }

  sample(): OutsideSample {
    const samples = this.#found().map((member) => {
      const sample = member.sample()
      // Its number may come again.
      if (sample.state === 'ended') this.#members.delete(member.pid)
      return sample
    })
    const seen = samples.filter((sample) => sample.state === 'seen')
    this.#most = Math.max(this.#most, seen.length)
    const unreadable = samples.find((sample) => sample.state === 'unreadable')
    if (unreadable !== undefined) return unreadable
    return seen.length === 0 ? this.#leader.sample() : together(seen)
  }

  #found(): readonly OutsideProcess[] {
    const pids = membersOf(this.#leader.pid, this.#root)
    const found = pids.map((pid) => this.#members.get(pid) ?? new OutsideProcess(pid, this.#root))
    this.#members = new Map(found.map((member) => [member.pid, member]))
    this.#first ??= found
    return found
  }
}

/** Whether a process leads a group: then all that it starts belongs to that, unless it leaves. */
export function leadsGroup(pid: number, root = '/proc'): boolean {
  return readProcessStat(`${root}/${pid}`)?.groupPid === pid
}

function membersOf(groupPid: number, root: string): readonly number[] {
  try {
    const pids = readdirSync(root).filter((name) => /^\d+$/.test(name))
    return pids.map(Number).filter((pid) => {
      const stat = readProcessStat(`${root}/${pid}`)
      return stat !== undefined && !stat.hasEnded && stat.groupPid === groupPid
    })
  } catch {
    return []
  }
}

function together(seen: readonly Seen[]): Seen {
  return {
    state: 'seen',
    rssBytes: sum(seen.map(({ rssBytes }) => rssBytes)),
    threads: sum(seen.map(({ threads }) => threads)),
    descriptors: sumOfAll(seen.map(({ descriptors }) => descriptors)),
    sockets: sumOfAll(seen.map(({ sockets }) => sockets)),
    children: sumOfAll(seen.map(({ children }) => children)),
  }
}

/** Of some, less than of all, would be growth when they change. */
function sumOfAll(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null)
  return known.length === counts.length ? sum(known) : null
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
