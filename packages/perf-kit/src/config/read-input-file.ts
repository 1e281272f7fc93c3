import { readFile, stat } from 'node:fs/promises'
import { PerfKitError } from '../errors/index.ts'

const BYTES_PER_MIB = 2 ** 20
/** It is kept in memory, and sent to each thread. */
const MOST_BYTES = 64 * BYTES_PER_MIB

/**
 * A file that a load needs, whole.
 *
 * @param what - `the body`, in messages
 * @throws {PerfKitError} `LOAD_FILE_INVALID` when it is missing, empty, too large, no plain file or not to be read
 */
export async function readInputFile(file: string, what: string): Promise<Buffer> {
  const failure = (problem: string, remedy: string, cause?: unknown): PerfKitError =>
    new PerfKitError('LOAD_FILE_INVALID', `${what}: ${file} ${problem}`, { where: file, remedy, cause })
  try {
    const found = await stat(file)
    if (found.isDirectory()) throw failure('is a folder', 'Name a file.')
    if (!found.isFile()) throw failure('is no plain file', 'Write what it gives into a file, and name that.')
    if (found.size > MOST_BYTES) {
      throw failure(`has more than ${MOST_BYTES / BYTES_PER_MIB} MiB`, 'Name a smaller file.')
    }
    const content = await readFile(file)
    if (content.length === 0) throw failure('is empty', 'Name a file that holds something.')
    return content
  } catch (cause) {
    if (cause instanceof PerfKitError) throw cause
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') throw failure('is not there', 'Name a file that exists.', cause)
    throw failure(`cannot be read (${code ?? String(cause)})`, 'Name a file that you may read.', cause)
  }
}
