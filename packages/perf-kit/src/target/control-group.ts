import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'

/** Where Linux tells of processes, and of their control groups. */
export interface SystemFolders {
  readonly processes: string
  readonly groups: string
}

const SYSTEM: SystemFolders = { processes: '/proc', groups: '/sys/fs/cgroup' }

/** What the two versions of control groups call it. */
interface Files {
  readonly limit: string
  readonly kills: string
  /** how often it had come to its limit, and what the number stands behind */
  readonly hits: string
  readonly hitCount: RegExp
}

const FILES_V2: Files = { limit: 'memory.max', kills: 'memory.events', hits: 'memory.events', hitCount: /^oom (\d+)$/m }
const FILES_V1: Files = {
  limit: 'memory.limit_in_bytes',
  kills: 'memory.oom_control',
  hits: 'memory.failcnt',
  hitCount: /^(\d+)$/m,
}
const KILL_COUNT = /^oom_kill (\d+)$/m

/**
 * How much memory a process's control group may take, and how often the kernel has killed for want of it, see cgroups(7). Where a group is
 * is looked up once: a process that has ended has none.
 */
export class ControlGroup {
  /** its own, and those above it, each of which may have a lower limit */
  readonly #folders: readonly string[]
  readonly #files: Files
  readonly #processes: string

  private constructor(folders: readonly string[], files: Files, processes: string) {
    this.#folders = folders
    this.#files = files
    this.#processes = processes
  }

  static of(pid: number, { processes, groups }: SystemFolders = SYSTEM): ControlGroup {
    const text = textOf(`${processes}/${pid}/cgroup`) ?? ''
    const v1 = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(text)?.[1]
    if (v1 !== undefined) return new ControlGroup(foldersOf(join(groups, 'memory'), v1, FILES_V1), FILES_V1, processes)
    const v2 = /^0::(.*)$/m.exec(text)?.[1]
    return new ControlGroup(v2 === undefined ? [] : foldersOf(groups, v2, FILES_V2), FILES_V2, processes)
  }

  /** The lowest that holds for it; `undefined` where there is none, or nobody tells. */
  limitBytes(): number | undefined {
    const limits = this.#folders.flatMap((folder) => this.#limitOf(folder) ?? [])
    return limits.length === 0 ? undefined : Math.min(...limits)
  }

  /** How many processes the kernel has killed so far because memory had run out: of the group, and of the machine. */
  kernelKills(): KernelKills {
    const [own] = this.#folders
    return {
      group: own === undefined ? undefined : countIn(textOf(join(own, this.#files.kills)), KILL_COUNT),
      groupLimitHits: this.#limitHits(),
      machine: countIn(textOf(`${this.#processes}/vmstat`), KILL_COUNT),
    }
  }

  /** Of all the groups that have a limit which holds for it. */
  #limitHits(): number | undefined {
    const { hits, hitCount } = this.#files
    const limited = this.#folders.filter((folder) => this.#limitOf(folder) !== undefined)
    const counts = limited.flatMap((folder) => countIn(textOf(join(folder, hits)), hitCount) ?? [])
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0)
  }

  #limitOf(folder: string): number | undefined {
    const limit = Number(textOf(join(folder, this.#files.limit)))
    // The first version writes a huge number where it means none.
    return Number.isFinite(limit) && limit > 0 && limit < totalmem() ? limit : undefined
  }
}

/** `undefined` where nobody tells. */
export interface KernelKills {
  /** of its own control group */
  readonly group: number | undefined
  /** how often that, or one above it, had come to its limit */
  readonly groupLimitHits?: number | undefined
  readonly machine: number | undefined
}

export function killsBetween(before: KernelKills, after: KernelKills): KernelKills {
  return {
    group: difference(before.group, after.group),
    groupLimitHits: difference(before.groupLimitHits, after.groupLimitHits),
    machine: difference(before.machine, after.machine),
  }
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : Math.max(0, after - before)
}

function countIn(text: string | undefined, pattern: RegExp): number | undefined {
  const count = pattern.exec(text ?? '')?.[1]
  return count === undefined ? undefined : Number(count)
}

/** A container may see its own group as the root, and its path as the machine has it. */
function foldersOf(root: string, path: string, { limit, kills }: Files): readonly string[] {
  const folders: string[] = []
  for (let folder = join(root, path); folder.startsWith(root); folder = dirname(folder)) folders.push(folder)
  return folders.filter((folder) => [limit, kills].some((file) => textOf(join(folder, file)) !== undefined))
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
