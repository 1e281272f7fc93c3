import { mkdir, readdir, readFile } from 'node:fs/promises'
import { PerfKitError } from '../errors/index.ts'
import { storeUnwritable, systemCode } from './store-error.ts'

/** @throws {PerfKitError} `STORE_UNWRITABLE` */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause: unknown) => {
    throw storeUnwritable(path, cause)
  })
}

/**
 * Names of the folders in it; none where it is not there.
 *
 * @throws {PerfKitError} `BASELINE_CORRUPT` when it cannot be read
 */
export async function listFolders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    if (isAbsent(cause)) return []
    throw unreadable(path, cause)
  })
  return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name)
}

/**
 * @returns `undefined` where there is no such file
 * @throws {PerfKitError} `BASELINE_CORRUPT` when it cannot be read
 */
export async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    if (isAbsent(cause)) return undefined
    throw unreadable(file, cause)
  })
}

function isAbsent(cause: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCode(cause) ?? '')
}

function unreadable(path: string, cause: unknown): PerfKitError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new PerfKitError('BASELINE_CORRUPT', `${path} cannot be read: ${detail}`, {
    where: path,
    cause,
    remedy: 'Check what lies there and who may read it; a baseline is a plain JSON file.',
  })
}
