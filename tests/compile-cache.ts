import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Tests start some thousand processes and threads, and each would strip the types from the same files, and compile them, anew. Node keeps what
 * it has made of a file for whoever loads it next (https://nodejs.org/api/module.html#module-compile-cache): in a folder of this run, so that
 * nothing of another is found in it, and nothing stays.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'perf-kit-compiled-'))
  process.env['NODE_COMPILE_CACHE'] = folder
  // A process that ends at this moment may still write.
  return async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
