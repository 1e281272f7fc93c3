import { lookup as systemLookup } from 'node:dns'
import { lookup as lookUp } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'

const LOOPBACK_V4 = /^127\.\d+\.\d+\.\d+$/

/** @param address - IPv4 or IPv6, as the system writes it */
function isLoopback(address: string): boolean {
  return LOOPBACK_V4.test(address.replace(/^::ffff:/i, '')) || address === '::1'
}

/** Looks names up as the system does, and refuses what is not this machine: a name may point elsewhere tomorrow. */
export const loopbackLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, '')
      return
    }
    const own = addresses.filter(({ address }) => isLoopback(address))
    const [first] = own
    if (first === undefined) {
      callback(Object.assign(new Error(`${hostname} is not this machine`), { code: 'REMOTE_REFUSED' }), '')
    } else if (options.all === true) callback(null, own)
    else callback(null, first.address, first.family)
  })
}

/** Whether load may go there at all; a name is looked at when it is looked up. */
export function isRemoteAddress(hostname: string): boolean {
  return isIP(hostname) !== 0 && !isLoopback(hostname)
}

/** Whether a name has addresses, and none of them is this machine's. One that cannot be looked up points nowhere. */
export async function pointsElsewhere(hostname: string): Promise<boolean> {
  const addresses = await lookUp(hostname, { all: true }).catch(() => [])
  return addresses.length > 0 && !addresses.some(({ address }) => isLoopback(address))
}
