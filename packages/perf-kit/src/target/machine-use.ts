import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** Of Linux, in all that it tells of processors: 100 a second on every machine that Node runs on. */
const MICROSECONDS_PER_TICK = 10_000
/** After the name, which may hold anything but a last bracket: state, parent, group, and from the 12th on user, system, and both of children that have ended. */
const GROUP_FIELD = 2
const TIMES_FROM_FIELD = 11
const OWN_TIMES_TO_FIELD = 13
const TIMES_TO_FIELD = 15

/** Who has used the machine's processors so far, in ticks. */
export interface MachineUse {
  readonly total: number
  /** by anybody; what a hypervisor has taken away too */
  readonly busy: number
  /** by this process, with all its threads */
  readonly own: number
  /** by a process group, such as a target's */
  readonly group: number
}

/** @returns `undefined` where the system does not tell: Linux does */
export function readMachineUse(groupPid: number): MachineUse | undefined {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1)
    const fields = line.trim().split(/\s+/).slice(1, 9).map(Number)
    const total = sum(fields)
    const [, , , idle = 0, waiting = 0] = fields
    const { user, system } = process.cpuUsage()
    return {
      total,
      busy: total - idle - waiting,
      own: (user + system) / MICROSECONDS_PER_TICK,
      group: groupTicks(groupPid),
    }
  } catch {
    return undefined
  }
}

/** Share of the machine that neither this process nor the group took in between, 0..1. */
export function othersRatio(before: MachineUse, after: MachineUse): number {
  const total = after.total - before.total
  if (total <= 0) return 0
  const ours = after.own - before.own + Math.max(0, after.group - before.group)
  return Math.min(1, Math.max(0, (after.busy - before.busy - ours) / total))
}

/** What each thread of a process has used so far, in ticks, by its number. */
export type ThreadTicks = ReadonlyMap<number, number>

/** The threads of each process of a group, by its number; nothing where the system does not tell. */
export function readGroupThreads(groupPid: number): ReadonlyMap<number, ThreadTicks> {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && ticksOf(name, groupPid) > 0)
    return new Map(pids.map((pid) => [Number(pid), threadsOf(pid)] as const))
  } catch {
    return new Map()
  }
}

/** How many processors a process may run on; `undefined` where the system does not tell. */
export function allowedProcessors(pid: number): number | undefined {
  try {
    const [, mask = ''] = /^Cpus_allowed:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    const bits = [...mask.replaceAll(',', '')].map((digit) => Number.parseInt(digit, 16).toString(2))
    const count = bits.join('').replaceAll('0', '').length
    return count === 0 ? undefined : count
  } catch {
    return undefined
  }
}

/** How long so many ticks of a processor are. */
export function ticksToNs(ticks: number): number {
  return ticks * MICROSECONDS_PER_TICK * 1000
}

/** File name of what a process runs, or its program's; arguments may hold secrets. */
export function processName(pid: number): string {
  try {
    const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const script = args.find((arg) => /^[^-].*\.[cm]?[jt]s$/.test(arg))
    return basename(script ?? program)
  } catch {
    return ''
  }
}

function groupTicks(groupPid: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return sum(pids.map((pid) => ticksOf(pid, groupPid)))
}

/** A process that has ended meanwhile has none; its parent has them. */
function ticksOf(pid: string, groupPid: number): number {
  const fields = statFields(`/proc/${pid}/stat`)
  if (Number(fields[GROUP_FIELD]) !== groupPid) return 0
  return sum(fields.slice(TIMES_FROM_FIELD, TIMES_TO_FIELD).map(Number))
}

/** Without what children of theirs took that have ended: that was on other processors, perhaps. */
function threadsOf(pid: string): ThreadTicks {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
      const times = statFields(`/proc/${pid}/task/${thread}/stat`).slice(TIMES_FROM_FIELD, OWN_TIMES_TO_FIELD)
      return [Number(thread), sum(times.map(Number))] as const
    })
    return new Map(threads)
  } catch {
    return new Map()
  }
}

/** @returns none of what has ended */
function statFields(path: string): string[] {
  try {
    const text = readFileSync(path, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
