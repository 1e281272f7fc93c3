import { randomBytes } from 'node:crypto'
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import { nowNs } from '../clock/index.ts'
import { PerfKitError } from '../errors/index.ts'
import { lazySchema } from '../run/index.ts'
import { TEMPORARY_SUFFIX, temporaryPath } from './atomic-file.ts'
import { hasEnded, ownIdentity, processIdentitySchema } from './process-identity.ts'
import { storeUnwritable, systemCode } from './store-error.ts'

const holderSchema = lazySchema((z) => processIdentitySchema().extend({ token: z.string().regex(/^[0-9a-f]{16}$/) }))

type Holder = z.infer<ReturnType<typeof holderSchema>>

export interface FileLockOptions {
  /** how long to wait for a live holder */
  readonly timeoutNs?: number
}

const DEFAULT_TIMEOUT_NS = 10e9
const LONGEST_PAUSE_MS = 40

/**
 * Do something while holding `<path>.lock`, so that read, change and write are one step to all other processes.
 *
 * The lock is a file that says who holds it, made in one step by `link`, so that there is never one without its
 * holder's name. The lock of a process that has ended is broken; a live holder is waited for, in this process too.
 *
 * @throws {PerfKitError} `BASELINE_LOCKED` when a live holder keeps it for longer than the timeout, `STORE_UNWRITABLE`
 */
export async function withFileLock<Result>(
  path: string,
  work: () => Promise<Result>,
  { timeoutNs = DEFAULT_TIMEOUT_NS }: FileLockOptions = {},
): Promise<Result> {
  const deadlineNs = nowNs() + timeoutNs
  return holding(`${path}.lock`, deadlineNs, async () => {
    await removeLitter(path)
    return work()
  })
}

async function holding<Result>(lock: string, deadlineNs: number, work: () => Promise<Result>): Promise<Result> {
  const own: Holder = { ...ownIdentity(), token: randomBytes(8).toString('hex') }
  while (!(await tryToTake(lock, own))) {
    const holder = await readHolder(lock)
    if (holder !== undefined && hasEnded(holder)) await breakLock(lock, holder, deadlineNs)
    else if (nowNs() > deadlineNs) throw locked(lock, holder)
    else await delay(1 + Math.random() * LONGEST_PAUSE_MS)
  }
  try {
    return await work()
  } finally {
    await removeLock(lock, own.token)
  }
}

/** `link` makes the name and its content appear together, and fails when the name is there already. */
async function tryToTake(lock: string, own: Holder): Promise<boolean> {
  const temporary = temporaryPath(lock)
  try {
    await writeFile(temporary, `${JSON.stringify(own)}\n`, { flag: 'wx' })
    await link(temporary, lock)
    return true
  } catch (cause) {
    const code = systemCode(cause)
    // ENOENT: the lock's holder has just swept our file away as litter. A missing folder would have been made before.
    if (code === 'EEXIST' || (code === 'ENOENT' && (await exists(dirname(lock))))) return false
    throw storeUnwritable(lock, cause)
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

/**
 * Remove the lock of a process that has ended. Only the holder of a second lock, named after the first one's token,
 * may do so, and it looks again first: two that find the same dead lock can't both remove it, and so the slower one
 * can't remove the live lock that the faster one has taken since.
 */
async function breakLock(lock: string, dead: Holder, deadlineNs: number): Promise<void> {
  await holding(`${lock}.${dead.token}`, deadlineNs, () => removeLock(lock, dead.token))
}

async function removeLock(lock: string, token: string): Promise<void> {
  const holder = await readHolder(lock)
  if (holder?.token === token) await rm(lock, { force: true })
}

async function readHolder(lock: string): Promise<Holder | undefined> {
  try {
    return holderSchema().parse(JSON.parse(await readFile(lock, 'utf8')))
  } catch {
    // gone since, or not ours: then it is waited for like any other, and named in the message
    return undefined
  }
}

/**
 * What killed writers left. Only the lock's holder writes beside `path`; whoever waits makes its file again; and locks
 * on dead locks guard nothing once the lock is ours.
 */
async function removeLitter(path: string): Promise<void> {
  const names = await readdir(dirname(path))
  const locksOnLocks = `${basename(path)}.lock.`
  const litter = names.filter(
    (name) =>
      name.startsWith(locksOnLocks) || (name.startsWith(`${basename(path)}.`) && name.endsWith(TEMPORARY_SUFFIX)),
  )
  await Promise.all(litter.map((name) => rm(join(dirname(path), name), { force: true })))
}

async function exists(directory: string): Promise<boolean> {
  return readdir(directory).then(
    () => true,
    () => false,
  )
}

function locked(lock: string, holder: Holder | undefined): PerfKitError {
  const who = holder === undefined ? 'something that is no lock of ours' : `process ${holder.pid} on ${holder.realm}`
  return new PerfKitError('BASELINE_LOCKED', `${lock} is held by ${who}`, {
    where: lock,
    remedy: 'Wait until it has finished. If it is not writing baselines, delete the lock file and try again.',
  })
}
