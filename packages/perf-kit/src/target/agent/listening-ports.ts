import { subscribe } from 'node:diagnostics_channel'
import { Server } from 'node:net'

/** Told by Node (by 22, 24 and 26 for sure) when a server listens, also in a worker of a cluster whose socket another process holds. */
const LISTENING_CHANNEL = 'tracing:net.server.listen:asyncEnd'

/** Knows on which TCP ports this process listens, without asking before somebody wants to know. */
export class ListeningPorts {
  // Weakly: what the application has let go of must not live on through us.
  #servers: WeakRef<Server>[] = []

  constructor() {
    subscribe(LISTENING_CHANNEL, this.#note)
  }

  get all(): number[] {
    const addresses = this.#servers.map((reference) => reference.deref()?.address())
    const ports = addresses.map((address) =>
      typeof address === 'object' && address !== null ? address.port : undefined,
    )
    return [...new Set(ports)].filter((port) => port !== undefined)
  }

  readonly #note = (message: unknown): void => {
    const server = serverOf(message)
    if (server === undefined) return
    const alive = this.#servers.filter((reference) => reference.deref()?.listening === true)
    this.#servers = [...alive, new WeakRef(server)]
  }
}

function serverOf(message: unknown): Server | undefined {
  const server = typeof message === 'object' && message !== null && 'server' in message ? message.server : undefined
  return server instanceof Server ? server : undefined
}
