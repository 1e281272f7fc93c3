import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for snapshots, which is removed with all that is in it. */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async create(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await mkdtemp(join(await realpath(tmpdir()), 'kit-heap-')))
  }

  file(name: string): string {
    return join(this.path, name)
  }

  /** @returns its path */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    await writeFile(this.file(name), content)
    return this.file(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
