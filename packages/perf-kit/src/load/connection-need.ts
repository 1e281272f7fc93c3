import { PerfKitError } from '../errors/index.ts'
import type { LoadOptions } from './load-options.ts'
import type { LoadPlan } from './load-plan.ts'
import type { OwnLimits } from './own-limits.ts'

/** Each has an event loop of its own: its queue, its wake-up calls, and the pipes of its streams. */
const FILES_OF_A_THREAD = 12
/** What is opened now and then beside connections: names that are looked up, files that are written. */
const SPARE_FILES = 16

/** How many connections a load will have open at once, as far as it has been said. */
export interface ConnectionNeed {
  readonly connections: number
  /** as the user has said it */
  readonly what: string
  readonly threads: number
}

/** A rate opens what it needs: how many it may have says how many it wants only where somebody has said so. */
export function connectionNeed(plan: LoadPlan, { maxConnections = 0 }: LoadOptions): ConnectionNeed {
  const { traffic, threads } = plan
  if (traffic.loop === 'open') {
    const connections = maxConnections * placesOfEach(plan)
    return { connections, what: `${shown(connections)} connections`, threads }
  }
  const clients = mostClients(plan)
  const connections = plannedConnections(plan)
  const what = `${shown(clients)} clients${connections === clients ? '' : ` with ${shown(connections)} connections`}`
  return { connections, what, threads }
}

/** Connections that clients have at the most; none is known of a rate. Over HTTP/2 they may share some within their thread. */
export function plannedConnections(plan: LoadPlan): number {
  const { threads, http2 } = plan
  const clients = mostClients(plan)
  const ofThreads = Array.from({ length: threads }, (_, index) => Math.max(0, Math.ceil((clients - index) / threads)))
  return ofThreads.reduce((sum, own) => sum + Math.ceil((own * placesOfEach(plan)) / (http2?.streams ?? 1)), 0)
}

function mostClients({ traffic }: LoadPlan): number {
  if (traffic.loop === 'open') return 0
  return Math.ceil(traffic.clients.reduce((most, { from, to }) => Math.max(most, from, to), 0))
}

/** Notifications, and cancellations, go over a second and a third connection, or take such places on one. */
function placesOfEach({ mcp }: LoadPlan): number {
  return 1 + (mcp?.session.subscribe === undefined ? 0 : 1) + (mcp?.session.cancel === undefined ? 0 : 1)
}

/**
 * Whether a load has what it needs, before it begins.
 *
 * @returns doubts: it may run out of something on the way
 * @throws {PerfKitError} `LOAD_INVALID` when it certainly will
 */
export function doubtsOfLimits({ connections, what, threads }: ConnectionNeed, { files, ports }: OwnLimits): string[] {
  if (files !== undefined) {
    const needed = files.open + connections + threads * FILES_OF_A_THREAD + SPARE_FILES
    if (needed > files.most) {
      throw new PerfKitError(
        'LOAD_INVALID',
        `${what} need ${shown(needed)} open files, sockets among them, and this process may have ${shown(files.most)}`,
        // How many are open already differs a little from start to start, and who follows this has to get through.
        { remedy: `Raise the limit (ulimit -n ${needed + SPARE_FILES}), or use fewer.` },
      )
    }
  }
  if (ports === undefined || connections <= ports.most - ports.taken) return []
  if (connections > ports.most) {
    throw new PerfKitError(
      'LOAD_INVALID',
      `${what} need as many ports to connect from, and this machine has ${shown(ports.most)}`,
      { remedy: 'Widen net.ipv4.ip_local_port_range (sysctl), or use fewer.' },
    )
  }
  const free = Math.max(0, ports.most - ports.taken)
  return [
    `${what} need as many ports to connect from, and when the load began ${shown(free)} of this machine’s ${shown(ports.most)} were free to that target: wait until other connections to it have ended, or use fewer`,
  ]
}

function shown(count: number): string {
  return count.toLocaleString('en-US')
}
