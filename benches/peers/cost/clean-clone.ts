import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

/** What is committed, in a folder of its own: uncommitted work would make the two sides differ. */
export async function cloneCommitted(
  repository: string,
  signal: AbortSignal,
): Promise<{ readonly path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `perf-kit-peers-${process.pid}-`))
  const remove = () => rm(path, { recursive: true, force: true })
  try {
    await execFileAsync('git', ['clone', '--quiet', '--shared', repository, path], { signal })
  } catch (error) {
    await remove()
    throw error
  }
  return { path, [Symbol.asyncDispose]: remove }
}
