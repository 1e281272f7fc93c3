import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { storeUnwritable } from './store-error.ts'

/** Files of writers that were killed end like this; the next holder of the lock removes them. */
export const TEMPORARY_SUFFIX = '.tmp'

/** A name beside `path`, on the same file system, that nobody else uses. */
export function temporaryPath(path: string): string {
  return `${path}.${process.pid}-${randomBytes(6).toString('hex')}${TEMPORARY_SUFFIX}`
}

/**
 * Replace a file's whole content, or leave it as it was: a reader, a full disk and a power cut see the old text or the
 * new text and nothing between. The folder must exist.
 *
 * @param elsewhere - for the message: how the user says that it should be written somewhere else
 * @throws {PerfKitError} `STORE_UNWRITABLE`; the old file is untouched and nothing is left lying about
 */
export async function writeFileAtomically(path: string, text: string, elsewhere?: string): Promise<void> {
  const temporary = temporaryPath(path)
  try {
    await writeDurably(temporary, text)
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw storeUnwritable(path, cause, elsewhere)
  }
}

/** The content must be on the disk before the name is, or a power cut leaves the name with nothing in it. */
async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx')
  await file.writeFile(text)
  await file.sync()
}

/** Windows has no such thing as syncing a folder; there the rename itself is journalled. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using directory = await open(path, 'r')
  await directory.sync()
}
