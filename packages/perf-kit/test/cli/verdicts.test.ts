import { describe, expect, it } from 'vitest'
import { shortConfig, TemporaryProject } from '../bench/temporary-project.ts'
import { perfKit, reportOf } from './perf-kit-process.ts'

/** A router whose time grows with its rounds. */
const routerOf = (rounds: number) => `export const route = (n: number) => {
  let sum = n
  for (let round = 0; round < ${rounds}; round++) sum = Math.sqrt(sum + round)
  return sum
}
`

const FILES = {
  'perf-kit.config.ts': shortConfig({ forks: 6 }),
  'router.ts': routerOf(3),
  'benches/routing/route.bench.ts': `import { route } from '../../router.ts'
    export default { name: 'route', fn: (_: unknown, iteration: number) => route(iteration) }`,
}

const SLOWER = { 'router.ts': routerOf(24) }

describe('a router that was made many times slower', () => {
  it('is caught by the stored baseline, and the exit code says so', async () => {
    await using project = await TemporaryProject.create(FILES)
    expect(await perfKit(project, ['bench', '--quiet', '--accept'])).toMatchObject({ exitCode: 0 })
    await project.write(SLOWER)
    const ended = await perfKit(project, ['bench', '--quiet', '--json'])
    expect(reportOf(ended).overall).toBe('regressed')
    expect(ended.exitCode).toBe(1)
  })

  it('is caught in the working tree against the last commit', async () => {
    await using project = await TemporaryProject.createRepository(FILES)
    await project.write(SLOWER)
    const ended = await perfKit(project, ['bench', '--against', 'HEAD', '--quiet', '--json'])
    expect(reportOf(ended).overall).toBe('regressed')
    expect(ended.exitCode).toBe(1)
    await project.expectNothingLeft()
  })
})

describe('a run too short for a verdict', () => {
  it('is inconclusive where a decision was asked for, and passes where it was not', async () => {
    await using project = await TemporaryProject.create({ ...FILES, 'perf-kit.config.ts': shortConfig({ forks: 2 }) })
    expect(await perfKit(project, ['bench', '--quiet', '--accept'])).toMatchObject({ exitCode: 0 })
    const strict = await perfKit(project, ['bench', '--quiet', '--json', '--strict'])
    expect(reportOf(strict).overall).toBe('inconclusive')
    expect(strict.exitCode).toBe(4)
    expect(await perfKit(project, ['bench', '--quiet'])).toMatchObject({ exitCode: 0 })
  })
})
