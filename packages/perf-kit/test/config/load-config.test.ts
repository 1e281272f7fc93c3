import { describe, expect, it } from 'vitest'
import { TemporaryProject, WORKING_BENCH } from '../bench/temporary-project.ts'
import { perfKit } from '../cli/perf-kit-process.ts'

/** The benchmarks lie where only the config says: whoever lists them has read it. */
const FILES = { 'elsewhere/works.bench.ts': WORKING_BENCH }
const INCLUDE = `include: ['elsewhere/*.bench.ts']`

const list = async (project: TemporaryProject) => await perfKit(project, ['bench', '--list'])

describe('a config that Node’s type stripping refuses', () => {
  it.each([
    {
      what: 'an enum',
      files: {
        'perf-kit.config.ts': `import { defineConfig } from '@gw/perf-kit/config'
          enum Engine { Default = 'tinybench' }
          export default defineConfig({ bench: { engine: Engine.Default, ${INCLUDE} } })`,
      },
    },
    {
      what: 'a parameter property',
      files: {
        'perf-kit.config.ts': `class Settings { constructor(readonly forks: number) {} }
          export default { bench: { forks: new Settings(3).forks, ${INCLUDE} } }`,
      },
    },
    {
      what: 'an import without its ending',
      files: {
        'perf-kit.config.ts': `import { forks } from './settings'; export default { bench: { forks, ${INCLUDE} } }`,
        'settings.ts': 'export const forks: number = 3',
      },
    },
    {
      what: 'a type that is imported like a value',
      files: {
        'perf-kit.config.ts': `import { Settings } from './settings.ts'
          const bench: Settings = { forks: 3, ${INCLUDE} }
          export default { bench }`,
        'settings.ts': 'export interface Settings { forks: number; include: string[] }',
      },
    },
  ])('is read all the same: $what', async ({ files }) => {
    await using project = await TemporaryProject.create({ ...FILES, ...files })
    expect(await list(project)).toMatchObject({ exitCode: 0, stdout: 'works/works\n', stderr: '' })
    await project.expectNothingLeft()
  })

  it('is told with what it throws itself, and its line', async () => {
    await using project = await TemporaryProject.create({
      ...FILES,
      'perf-kit.config.ts': `enum Engine { Default = 'tinybench' }\n\nthrow new RangeError('no ' + Engine.Default)\n`,
    })
    const { exitCode, stderr } = await list(project)
    expect(stderr).toMatch(/perf-kit\.config\.ts:3 cannot be loaded: RangeError: no tinybench\n {2}→ Run `node /)
    expect(exitCode).toBe(2)
  })
})

describe('a config that fails by itself', () => {
  it('is run once only', async () => {
    await using project = await TemporaryProject.create({
      ...FILES,
      'perf-kit.config.ts': `import { appendFileSync } from 'node:fs'
        appendFileSync('runs', 'run ')
        throw new Error('broken')`,
    })
    const { exitCode, stderr } = await list(project)
    expect(stderr).toMatch(/perf-kit\.config\.ts:3 cannot be loaded: Error: broken/)
    expect(exitCode).toBe(2)
    expect(await project.read('runs')).toBe('run ')
  })

  it('is told which of its imports is missing', async () => {
    await using project = await TemporaryProject.create({
      ...FILES,
      'perf-kit.config.ts': `import 'left-pad'\nexport default {}\n`,
    })
    const { exitCode, stderr } = await list(project)
    expect(stderr).toContain(`cannot be loaded: Error: Cannot find package 'left-pad' imported from `)
    expect(exitCode).toBe(2)
  })

  it('is told when it exports nothing', async () => {
    await using project = await TemporaryProject.create({ ...FILES, 'perf-kit.config.ts': 'export const forks = 3\n' })
    const { exitCode, stderr } = await list(project)
    expect(stderr).toMatch(/perf-kit\.config\.ts has no default export\n {2}→ Write `export default defineConfig\(/)
    expect(exitCode).toBe(2)
  })
})
