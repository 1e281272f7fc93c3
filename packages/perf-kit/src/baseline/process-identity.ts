import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { z } from 'zod'
import { lazySchema } from '../run/index.ts'
import { systemCode } from './store-error.ts'

/** A process, told apart from every other that had or will have its pid. */
export const processIdentitySchema = lazySchema((z) =>
  z.strictObject({
    pid: z.int().positive(),
    /** the machine, and on Linux the pid namespace: elsewhere the same pid is another process */
    realm: z.string(),
    /** start time in the kernel's ticks since boot; null where the system does not tell */
    startTicks: z.string().nullable(),
  }),
)

export type ProcessIdentity = z.infer<ReturnType<typeof processIdentitySchema>>

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, realm: realm(), startTicks: readStat(process.pid)?.startTicks ?? null }
}

/**
 * Whether a process has certainly ended. One on another machine or in another container never has, as far as we know.
 */
export function hasEnded(identity: ProcessIdentity): boolean {
  if (identity.realm !== realm()) return false
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    return systemCode(error) === 'ESRCH'
  }
  const stat = readStat(identity.pid)
  if (stat === undefined) return false
  const reused = identity.startTicks !== null && stat.startTicks !== identity.startTicks
  return reused || stat.state === 'Z' || stat.state === 'X'
}

function realm(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** proc(5): the fields after the command's name, which may itself hold spaces and brackets. */
function readStat(pid: number): { readonly state: string; readonly startTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state, startTicks] = [fields[0], fields[19]]
    return state === undefined || startTicks === undefined ? undefined : { state, startTicks }
  } catch {
    return undefined
  }
}
