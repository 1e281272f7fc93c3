import type { AgentIdentity } from './agent/messages.ts'

export interface ChosenProcess {
  readonly pid: number
  /** how many others of the target listen there as well, and are not looked at */
  readonly others: number
}

export interface Wanted {
  /** where the target is driven, when that is known */
  readonly port: number | undefined
  /** the process that was started */
  readonly startedPid: number
}

/**
 * Which of a target's processes is the one that answers requests? The one that listens on the port that is driven, be it the
 * process that was started or one below it (`npx`, `pnpm start`, a shell). Of several, as in a cluster, the one deepest
 * below, because a cluster's primary only passes connections on, and of these the oldest. Without a port, whoever
 * listens on any; when nobody does, the process that was started.
 *
 * @returns the reason why it is none of them, if so
 */
export function chooseProcess(found: readonly AgentIdentity[], { port, startedPid }: Wanted): ChosenProcess | string {
  if (found.length === 0) {
    return 'none of its processes is a Node that takes --import from NODE_OPTIONS'
  }
  const candidates = port === undefined ? found.filter(({ listens }) => listens) : listenersAt(port, found)
  const [chosen] = candidates.toSorted(
    (left, right) => depthOf(right, found) - depthOf(left, found) || left.pid - right.pid,
  )
  if (chosen !== undefined) return { pid: chosen.pid, others: candidates.length - 1 }
  if (port === undefined) {
    const started = found.find(({ pid }) => pid === startedPid) ?? found[0]
    return { pid: started?.pid ?? startedPid, others: 0 }
  }
  const processes = found.map(({ pid, script }) => (script === '' ? `${pid}` : `${pid} ${script}`)).join(', ')
  return `none of its processes that have one (${processes}) listens on port ${port}`
}

/** Old versions of Node do not tell ports, only that there are some. */
function listenersAt(port: number, found: readonly AgentIdentity[]): readonly AgentIdentity[] {
  const known = found.filter(({ ports }) => ports.includes(port))
  return known.length > 0 ? known : found.filter(({ ports, listens }) => listens && ports.length === 0)
}

/** How many of the found processes are above this one. */
function depthOf(process: AgentIdentity, found: readonly AgentIdentity[]): number {
  let depth = 0
  for (let parent = parentOf(process, found); parent !== undefined; parent = parentOf(parent, found)) {
    depth++
    // Numbers come again: what looks like a circle is no family.
    if (depth > found.length) return 0
  }
  return depth
}

function parentOf({ parentPid }: AgentIdentity, found: readonly AgentIdentity[]): AgentIdentity | undefined {
  return found.find(({ pid }) => pid === parentPid)
}
