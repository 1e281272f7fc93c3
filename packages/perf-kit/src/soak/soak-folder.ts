import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PerfKitError } from '../errors/index.ts'
import { unwritable } from './append-file.ts'
import { isRunning, processIdentity } from './process-identity.ts'

const OWNER_FILE = 'running.json'

/** A record has one writer: who that is lies beside it. */
export class RecordOwner implements AsyncDisposable {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  /** @throws {PerfKitError} `SOAK_RECORD_INVALID` while another process writes there; `STORE_UNWRITABLE` */
  static async take(folder: string): Promise<RecordOwner> {
    const path = join(folder, OWNER_FILE)
    const owner = await ownerOf(path)
    if (owner !== undefined) {
      throw new PerfKitError('SOAK_RECORD_INVALID', `process ${owner} is writing the record in ${folder}`, {
        where: folder,
        remedy: 'Wait for its end, or end it, and go on with --resume then.',
      })
    }
    const own = join(folder, `${OWNER_FILE}.${randomBytes(4).toString('hex')}`)
    try {
      await mkdir(folder, { recursive: true })
      await writeFile(own, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }))
      await rename(own, path)
    } catch (cause) {
      throw unwritable(path, cause)
    }
    return new RecordOwner(path)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#path, { force: true }).catch(() => undefined)
  }
}

/** @returns its number while it is running */
async function ownerOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    const owner: unknown = JSON.parse(text)
    if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('identity' in owner)) return undefined
    const { pid, identity } = owner
    if (typeof pid !== 'number' || pid === process.pid) return undefined
    return isRunning(pid) && processIdentity(pid) === identity ? pid : undefined
  } catch {
    return undefined
  }
}

/** The folders of a folder of records, the newest name last. */
export async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .toSorted()
}
