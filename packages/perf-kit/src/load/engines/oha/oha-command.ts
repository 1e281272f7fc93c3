import { writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { durationNsOf, type LoadPlan } from '../../load-plan.ts'
import { inUrl } from '../connect-address.ts'

export interface OhaWish {
  readonly plan: LoadPlan
  readonly body: Uint8Array | undefined
  /** where to connect */
  readonly address: string
  /** for its files, read by nobody else */
  readonly folder: string
}

/**
 * What to start. The URL and the body are handed over in files, because all users of a machine see its command lines; headers
 * can only be handed over there.
 */
export async function prepareOha({ plan, body, address, folder }: OhaWish): Promise<readonly string[]> {
  const { endpoint, traffic, timeoutNs, http2 } = plan
  const urls = join(folder, 'urls')
  const bodyFile = join(folder, 'body')
  await writeFile(urls, `${endpoint.isSecure ? 'https' : 'http'}://${endpoint.host}${endpoint.path}\n`)
  if (body !== undefined) await writeFile(bodyFile, body)
  const level = traffic.loop === 'closed' ? traffic.clients[0]?.to : traffic.ratePerSec[0]?.to
  const connections = traffic.loop === 'closed' ? (level ?? 1) / (http2?.streams ?? 1) : traffic.maxConnections
  const isNamed = isIP(endpoint.hostname) === 0
  return [
    'oha',
    ...['--no-tui', '--no-color', '--disable-compression', '--redirect', '0'],
    // Failures stand in its summary only, and answers one by one in its table only.
    ...['--output-format', 'json', '--db-url', requestsFile(folder)],
    ...['--worker-threads', String(plan.threads)],
    ...['-c', String(connections), '-z', nanoseconds(durationNsOf(plan)), '--wait-ongoing-requests-after-deadline'],
    ...(http2 === undefined ? [] : ['--http2', '-p', String(http2.streams)]),
    ...(traffic.loop === 'open' ? ['-q', String(level), '--latency-correction'] : []),
    ...['-t', nanoseconds(timeoutNs), '--connect-timeout', nanoseconds(timeoutNs)],
    // In one word each: apart, one that begins with a dash would be taken for an option, and shown in an error.
    ...[`-m${plan.method}`, ...headersOf(plan).map((header) => `-H${header}`)],
    ...(body === undefined ? [] : ['-D', bodyFile]),
    ...(isNamed ? ['--connect-to', `${endpoint.hostname}:${endpoint.port}:${inUrl(address)}:${endpoint.port}`] : []),
    ...['--urls-from-file', urls],
  ]
}

export function requestsFile(folder: string): string {
  return join(folder, 'requests.sqlite')
}

function headersOf({ endpoint, headers }: LoadPlan): string[] {
  const { authorization } = endpoint
  const given = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
  const own = authorization === undefined || given ? [] : [`authorization: ${authorization}`]
  return [...own, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
}

function nanoseconds(durationNs: number): string {
  return `${Math.round(durationNs)}ns`
}
