import { connect, isIP } from 'node:net'
import { PerfKitError } from '../../errors/index.ts'
import { loopbackLookup } from '../../protocol/index.ts'
import { remoteRefusal } from '../load-options.ts'
import type { LoadPlan } from '../load-plan.ts'

/**
 * Where an engine is to connect. Looked up here and given to it as an address, because what it looks up itself, it may find
 * elsewhere.
 *
 * @returns an address of this machine; the name itself when load may leave it
 * @throws {PerfKitError} `TARGET_REMOTE` when a name leads elsewhere, `LOAD_FAILED` when nobody knows it
 */
export async function connectAddress({ endpoint, allowRemote }: LoadPlan): Promise<string> {
  const { hostname, port, shownUrl } = endpoint
  if (allowRemote || isIP(hostname) !== 0) return hostname
  const addresses = await ownAddresses(hostname).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'REMOTE_REFUSED') throw remoteRefusal(shownUrl)
    throw new PerfKitError('LOAD_FAILED', `${hostname} cannot be looked up: ${cause.code ?? cause.message}`, {
      cause,
      remedy: 'Check the name in the URL.',
    })
  })
  // Servers listen on one family or on both; engines connect to the one address that they are given.
  for (const address of addresses) if (await listens(address, port)) return address
  return addresses[0] ?? hostname
}

function ownAddresses(hostname: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    loopbackLookup(hostname, { all: true }, (error, found) => {
      if (error !== null) reject(error)
      else resolve(typeof found === 'string' ? [found] : found.map(({ address }) => address))
    })
  })
}

async function listens(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port })
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
  } finally {
    socket.destroy()
  }
}

/** As it stands in a URL. */
export function inUrl(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address
}
