import { basename, dirname, relative } from 'node:path'
import { type ProjectFiles, TemporaryProject } from '../bench/temporary-project.ts'
import { perfKit } from './perf-kit-process.ts'

/** A baseline as `--accept` writes it, for tests that need one in a project of their own. */
export class ExampleBaseline {
  /** where it lies in a project */
  readonly file: string
  readonly text: string

  private constructor(file: string, text: string) {
    this.file = file
    this.text = text
  }

  /** Measure a project's benchmarks and accept them; the baseline of one suite is the example. */
  static async accept(files: ProjectFiles, suite: string): Promise<ExampleBaseline> {
    await using project = await TemporaryProject.create(files)
    const { shown, stderr } = await perfKit(project, ['bench', '--quiet', '--accept', '--reason', 'example'])
    const path = new RegExp(`benchmarks of ${suite} into (\\S+)`).exec(stderr)?.[1]
    if (path === undefined) throw new Error(`no baseline was accepted: ${shown}`)
    const file = relative(project.directory, path)
    return new ExampleBaseline(file, await project.read(file))
  }

  /** the name of its folder */
  get environmentId(): string {
    return basename(dirname(this.file))
  }
}
