import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeFileAtomically } from '../baseline/index.ts'
import { PerfKitError } from '../errors/index.ts'

const ELSEWHERE = 'give --html another file'

/**
 * Whether a report could be written there, asked before there is one.
 *
 * @throws {PerfKitError} `REPORT_PATH_INVALID` for a folder that is missing or not writable, and for what is no plain file: a device
 * would be replaced by the page
 */
export async function checkReportPath(path: string): Promise<void> {
  const existing = await kindOf(path)
  if (existing === 'folder' || existing === 'other') {
    throw refuse(path, existing === 'folder' ? 'is a folder' : 'is no plain file', 'Give --html the name of a file.')
  }
  const folder = dirname(path)
  const parent = await kindOf(folder)
  if (parent !== 'folder') {
    const problem = `cannot be written: ${folder} ${parent === 'missing' ? 'does not exist' : 'is no folder'}`
    throw refuse(path, problem, `Make the folder first, or ${ELSEWHERE}.`)
  }
  try {
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (cause) {
    const remedy = `Give this user write access to the folder, or ${ELSEWHERE}.`
    throw refuse(path, `cannot be written: ${folder} is not writable`, remedy, cause)
  }
}

/**
 * Write a report, or leave what was there as it was.
 *
 * @throws {PerfKitError} `REPORT_PATH_INVALID`, `STORE_UNWRITABLE`
 */
export async function writeReport(path: string, text: string): Promise<void> {
  await checkReportPath(path)
  // Behind a link, the file that it leads to is replaced, and not the link.
  const real = await realpath(path).catch(() => path)
  await writeFileAtomically(real, text, ELSEWHERE)
}

type PathKind = 'file' | 'folder' | 'other' | 'missing'

async function kindOf(path: string): Promise<PathKind> {
  try {
    const found = await stat(path)
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
  } catch {
    return 'missing'
  }
}

function refuse(path: string, problem: string, remedy: string, cause?: unknown): PerfKitError {
  return new PerfKitError('REPORT_PATH_INVALID', `${path} ${problem}`, { where: path, remedy, cause })
}
