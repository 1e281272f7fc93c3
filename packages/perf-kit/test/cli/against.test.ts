import { describe, expect, it } from 'vitest'
import { type ProjectFiles, shortConfig, TemporaryProject } from '../bench/temporary-project.ts'
import { perfKit } from './perf-kit-process.ts'

const FILES: ProjectFiles = {
  'router.ts': 'export const route = (n: number) => Math.sqrt(n) + 1\n',
  'benches/routing/route.bench.ts': `import { route } from '../../router.ts'
    export default { name: 'route', fn: (_: unknown, iteration: number) => route(iteration) }`,
}

const against = async (project: TemporaryProject, ref: string, ...flags: string[]) =>
  await perfKit(project, ['bench', '--against', ref, '--quiet', ...flags])

describe('a ref that cannot be compared with', () => {
  it('is usage when git does not know it, with the branch that was meant', async () => {
    await using project = await TemporaryProject.createRepository(FILES)
    const { exitCode, stdout, shown } = await against(project, 'mian')
    expect(shown).toContain(
      'perf-kit: git knows no commit "mian" — did you mean "main"? → Name a branch, tag or commit; fetch it first',
    )
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  it('is told that there is no repository, or none with a commit', async () => {
    await using project = await TemporaryProject.create(FILES)
    const message = `perf-kit: ${project.directory} lies in no git repository with a commit → Commit first`
    const outside = await against(project, 'main')
    expect(outside.shown).toContain(
      `perf-kit: ${project.directory} lies in no git repository with a commit: fatal: not a git`,
    )
    expect(outside.exitCode).toBe(3)
    await project.git('init', '--quiet', '--initial-branch=main')
    const empty = await against(project, 'main')
    expect(empty.shown).toContain(message)
    expect(empty.exitCode).toBe(3)
  })

  it('is told with the last words of the command that could not prepare it', async () => {
    await using project = await TemporaryProject.createRepository({
      ...FILES,
      'perf-kit.config.ts': shortConfig({ prepare: [['true'], ['sh', './build.sh']] }),
      'build.sh': 'echo "no such package: left-pad" >&2; exit 9',
    })
    await project.write({ 'build.sh': 'exit 0' })
    const { exitCode, stdout, shown } = await against(project, 'main')
    expect(shown).toContain(
      'perf-kit: "main" cannot be prepared: `sh ./build.sh` ended with code 9: no such package: left-pad → Make',
    )
    expect(shown).toContain('work in a fresh checkout of "main", or set `bench.prepare` in the config.')
    expect(stdout).toBe('')
    expect(exitCode).toBe(3)
    await project.expectNothingLeft()
  })
})

describe('benchmarks that the other ref does not have', () => {
  it('pass, with a note, when they are all there is', async () => {
    await using project = await TemporaryProject.createRepository({ 'router.ts': FILES['router.ts'] ?? '' })
    await project.write(FILES)
    const { exitCode, shown } = await against(project, 'main')
    expect(shown).toContain('routing/route: is new: main has no such benchmark, so there is nothing to compare')
    expect(exitCode).toBe(0)
  })
})
