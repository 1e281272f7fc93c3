import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BenchCase, Snapshots } from '@gw/perf-kit'
import type { PlainFork, SequentialForks } from './record.ts'

const execFileAsync = promisify(execFile)
const PLAIN_FORK = fileURLToPath(new URL('plain-fork.ts', import.meta.url))
const FORKS = 10
/** A benchmark that hangs must not hold up hours of others. */
const TIMEOUT_MS = 300_000

/** Ten processes of the baseline and then ten of the candidate, as one does by hand. */
export async function measureSequentially(
  benchCase: BenchCase,
  { roots }: Snapshots,
  signal: AbortSignal,
): Promise<SequentialForks> {
  const measure = async (root: string): Promise<PlainFork[]> => {
    const words = [PLAIN_FORK, join(root, benchCase.file), benchCase.name, JSON.stringify(benchCase.args)]
    const forks: PlainFork[] = []
    for (let fork = 0; fork < FORKS; fork++) {
      const { stdout } = await execFileAsync(process.execPath, words, { cwd: root, signal, timeout: TIMEOUT_MS })
      forks.push(JSON.parse(stdout))
    }
    return forks
  }
  return { baseline: await measure(roots.baseline), candidate: await measure(roots.candidate) }
}
