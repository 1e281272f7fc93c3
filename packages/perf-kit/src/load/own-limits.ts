import { readdir, readFile } from 'node:fs/promises'

/** What this process may still take of what connections are made of; absent where the system does not tell (Linux does). */
export interface OwnLimits {
  readonly files?: FileLimit
  readonly ports?: PortLimit
}

interface FileLimit {
  readonly most: number
  readonly open: number
}

interface PortLimit {
  /** that connections to one address and port can be made from */
  readonly most: number
  /** by connections to the target, those among them that have just ended and may not be followed at once */
  readonly taken: number
}

export interface LimitedTarget {
  readonly port: number
  /** false: it is this machine */
  readonly mayBeElsewhere: boolean
}

/** `   0: 0100007F:9C42 0100007F:1F90 01 …`: local address and port, the other side's, and the state */
const CONNECTION = /^ *\d+: [\dA-F]+:([\dA-F]{4}) ([\dA-F]+):([\dA-F]{4}) ([\dA-F]{2}) /gm
/** As the kernel writes addresses: each four bytes in this machine's order, which is the lowest first. */
const LOOPBACK = /(^|^0{16}FFFF0000)[\dA-F]{6}7F$|^0{24}01000000$/
const TIME_WAIT = '06'

export async function readOwnLimits(target: LimitedTarget): Promise<OwnLimits> {
  const [files, ports] = await Promise.all([readFileLimit(), readPortLimit(target)])
  return { ...(files === undefined ? {} : { files }), ...(ports === undefined ? {} : { ports }) }
}

async function readFileLimit(): Promise<FileLimit | undefined> {
  const [limits, open] = await Promise.all([told('/proc/self/limits'), openFiles()])
  // The soft one, which Node raises to the hard one when it starts; it may be `unlimited`.
  const [, most] = /^Max open files +(\d+) /m.exec(limits) ?? []
  return most === undefined || open === undefined ? undefined : { most: Number(most), open }
}

/** Of this process, whatever thread has opened them. */
export async function openFiles(): Promise<number | undefined> {
  return await readdir('/proc/self/fd').then(
    ({ length }) => length,
    () => undefined,
  )
}

async function readPortLimit(target: LimitedTarget): Promise<PortLimit | undefined> {
  const [range, reuse, tcp, tcp6] = await Promise.all(
    [
      '/proc/sys/net/ipv4/ip_local_port_range',
      '/proc/sys/net/ipv4/tcp_tw_reuse',
      '/proc/net/tcp',
      '/proc/net/tcp6',
    ].map(told),
  )
  const [from, to] = (range ?? '').trim().split(/\s+/).map(Number)
  if (from === undefined || to === undefined || !(to >= from)) return undefined
  // 1: connections that have just ended give their port to new ones; 2: on this machine only (Linux, ip-sysctl).
  const isReused = reuse?.trim() === '1' || (reuse?.trim() === '2' && !target.mayBeElsewhere)
  const taken = [tcp, tcp6].flatMap((table) =>
    [...(table ?? '').matchAll(CONNECTION)].filter(([, localPort = '', address = '', port = '', state = '']) => {
      const local = Number.parseInt(localPort, 16)
      const isTarget = Number.parseInt(port, 16) === target.port && (target.mayBeElsewhere || LOOPBACK.test(address))
      return isTarget && local >= from && local <= to && !(isReused && state === TIME_WAIT)
    }),
  )
  return { most: to - from + 1, taken: taken.length }
}

async function told(path: string): Promise<string> {
  return await readFile(path, 'latin1').catch(() => '')
}
