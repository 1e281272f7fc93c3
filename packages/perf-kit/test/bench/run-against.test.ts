import { describe, expect, it } from 'vitest'
import { type BenchOutcome, runAgainst } from '../../src/bench/index.ts'
import type { Run } from '../../src/run/index.ts'
import { againstRequestOf } from './bench-request.ts'
import { TemporaryProject } from './temporary-project.ts'

/** A router whose time grows with its rounds. */
const routerOf = (rounds: number) => `export const route = (n: number) => {
  let sum = n
  for (let round = 0; round < ${rounds}; round++) sum = Math.sqrt(sum + round)
  return sum
}
`

/** Their times differ by far more than a busy machine's noise, and by less than a fork's patience. */
const ROUTERS = { fast: routerOf(3), slow: routerOf(24) }

const BENCH = `import { route } from '../../router.ts'
export default { name: 'route', fn: (_: unknown, iteration: number) => route(iteration) }
`

/** What a checkout of the dirty tree must hold; the bench file of the other side does not ask. */
const EXPECT_DIRTY_TREE = `
import { existsSync, readFileSync } from 'node:fs'
const texts = ['staged.txt', 'unstaged.txt', 'ignored.txt', 'deleted.txt'].map((name) => {
  const file = new URL('../../' + name, import.meta.url)
  return existsSync(file) ? readFileSync(file, 'utf8') : 'not there'
})
if (texts.join() !== 'staged and changed,changed,not there,not there') throw new Error(texts.join())
`

/** How much longer this side takes: what tells which code was measured. */
function timeRatio({ metrics }: Run): number {
  const metric = metrics.find(({ name }) => name === 'timePerOp')
  if (metric?.evidence.kind !== 'pairs') throw new Error('no pairs of times')
  const { candidate, baseline } = metric.evidence
  return (candidate[0] ?? Number.NaN) / (baseline[0] ?? Number.NaN)
}

/** What the Run warns of, but for the machine that it ran on. */
const warningsOf = (run: Run | undefined) => run?.warnings.filter(({ code }) => code !== 'DISTURBED')

const projectWith = (router: string) =>
  TemporaryProject.createRepository({ 'router.ts': router, 'benches/routing/route.bench.ts': BENCH })

/**
 * Even one pair needs a dozen of one and the same code beside it, so what one project can show is measured once, by the test that asks first,
 * and looked at by several.
 */
function once<Measured>(measure: () => Promise<Measured>): () => Promise<Measured> {
  let measured: Promise<Measured> | undefined
  return () => {
    measured ??= measure()
    return measured
  }
}

interface MeasuredTree {
  readonly outcome: BenchOutcome
  readonly commits: { readonly here: string; readonly main: string }
}

interface DirtyTree extends MeasuredTree {
  readonly before: object
  readonly after: object
  readonly staged: string
  readonly ignored: string
}

const commitsOf = async (project: TemporaryProject): Promise<MeasuredTree['commits']> => ({
  here: (await project.git('rev-parse', 'HEAD')).trim(),
  main: (await project.git('rev-parse', 'main')).trim(),
})

/** Slower than its commit, with files in every state that git knows, and a benchmark more. */
const dirtyTree = once(async (): Promise<DirtyTree> => {
  await using project = await TemporaryProject.createRepository({
    'router.ts': ROUTERS.fast,
    'benches/routing/route.bench.ts': BENCH,
    '.gitignore': 'ignored.txt\n',
    'deleted.txt': 'committed',
    'unstaged.txt': 'committed',
  })
  await project.write({
    'router.ts': `export { route } from './router/slow.ts'\n`,
    'router/slow.ts': ROUTERS.slow,
    'staged.txt': 'staged',
    'unstaged.txt': 'changed',
    'ignored.txt': 'ignored',
    'benches/routing/route.bench.ts': `${EXPECT_DIRTY_TREE}${BENCH}`,
    'benches/routing/extra.bench.ts': BENCH.replace("'route'", "'extra'"),
  })
  await project.git('add', 'staged.txt')
  await project.write({ 'staged.txt': 'staged and changed' })
  await project.remove('deleted.txt')
  await project.age('package.json')
  const before = await project.gitState()
  const outcome = await runAgainst(againstRequestOf(project, 'main', 1))
  return {
    outcome,
    commits: await commitsOf(project),
    before,
    after: await project.gitState(),
    staged: await project.read('staged.txt'),
    ignored: await project.read('ignored.txt'),
  }
})

/** A commit that is faster than the one before, and has moved the bench file. */
const cleanTree = once(async (): Promise<MeasuredTree> => {
  await using project = await projectWith(ROUTERS.slow)
  await project.git('switch', '--quiet', '--create', 'faster')
  await project.write({ 'router.ts': ROUTERS.fast })
  await project.git('mv', 'benches/routing/route.bench.ts', 'benches/routing/moved.bench.ts')
  await project.commit('Allocate nothing')
  const outcome = await runAgainst(againstRequestOf(project, 'main', 1))
  return { outcome, commits: await commitsOf(project) }
})

/** In a router: what happens in the process that measures this benchmark. */
const whileMeasuring = (name: string, statement: string) =>
  `if (process.argv[2]?.includes('"name":"${name}"') && process.argv[2].includes('"mode":"measure"')) ${statement}\n`

/** One benchmark works, one fails on this side, and two hang, each on one of them. */
const failingTree = once(async (): Promise<BenchOutcome> => {
  const named = (name: string) => ({ [`benches/routing/${name}.bench.ts`]: BENCH.replace("'route'", `'${name}'`) })
  await using project = await projectWith(`${ROUTERS.fast}${whileMeasuring('hangs-there', 'for (;;);')}`)
  await project.write({ ...named('other'), ...named('hangs-here'), ...named('hangs-there') })
  await project.commit('Add benchmarks')
  const failing = `${whileMeasuring('other', "throw new Error('no road')")}${whileMeasuring('hangs-here', 'for (;;);')}`
  await project.write({ 'router.ts': `${ROUTERS.fast}${failing}` })
  return await runAgainst(againstRequestOf(project, 'HEAD', 1, { forkTimeout: '3s' }))
})

describe('runAgainst', () => {
  it('measures the working tree as it is, and leaves its files and its index alone', async () => {
    const { outcome, commits, before, after, staged, ignored } = await dirtyTree()
    const [run] = outcome.runs
    if (run === undefined) throw new Error('no Run')
    expect(run.failures).toEqual([])
    expect(timeRatio(run)).toBeGreaterThan(2)
    expect(run.source).toEqual({ commit: commits.here, dirty: true })
    expect(run.against).toEqual({ ref: 'main', commit: run.source.commit, dirty: false })
    expect(after).toEqual(before)
    expect(staged).toBe('staged and changed')
    expect(ignored).toBe('ignored')
  })

  it('notes what is new here, and compares the rest', async () => {
    const { runs, failures } = (await dirtyTree()).outcome
    expect(failures).toEqual([])
    expect(runs.map(({ metrics }) => new Set(metrics.map(({ subject }) => subject)))).toEqual([
      new Set(['routing/route']),
    ])
    expect(runs[0]?.warnings).toContainEqual({
      code: 'BENCH_ADDED',
      subject: 'routing/extra',
      message: 'is new: main has no such benchmark, so there is nothing to compare',
    })
    expect(runs[0]?.validity.state).toBe('valid')
  })

  it('runs no hooks in its checkouts', async () => {
    await using project = await projectWith(ROUTERS.fast)
    const hook = '.git/hooks/post-checkout'
    await project.write({ [hook]: `#!/bin/sh\necho "$PWD" >>'${project.path('hooks.log')}'\nexit 1\n` })
    await project.makeExecutable(hook)
    const { runs } = await runAgainst({ ...againstRequestOf(project, 'HEAD', 1), timeBudgetNs: 1 })
    expect(runs).toHaveLength(1)
    await expect(project.read('hooks.log')).rejects.toThrow('ENOENT')
  })

  it('measures a clean tree as its commit, and says that it is clean', async () => {
    const { outcome, commits } = await cleanTree()
    const [run] = outcome.runs
    if (run === undefined) throw new Error('no Run')
    expect(run.failures).toEqual([])
    expect(timeRatio(run)).toBeLessThan(1 / 2)
    expect(commits.here).not.toBe(commits.main)
    expect(run.source).toEqual({ commit: commits.here, dirty: false })
    expect(run.against).toEqual({ ref: 'main', commit: commits.main, dirty: false })
    expect(run.validity).toEqual({ state: 'valid', reasons: [] })
  })

  it('finds a bench file that was moved, and notes one that was changed', async () => {
    const { runs } = (await cleanTree()).outcome
    expect(runs.map(warningsOf)).toEqual([[]])
    expect(runs[0]?.metrics.map(({ subject }) => subject)).toContain('routing/route')

    await using project = await projectWith(ROUTERS.fast)
    await project.git('mv', 'benches/routing/route.bench.ts', 'benches/routing/moved.bench.ts')
    await project.write({ 'benches/routing/moved.bench.ts': BENCH.replace('iteration)', 'iteration + 1)') })
    // What the files say is known before the first pair.
    const changed = await runAgainst({ ...againstRequestOf(project, 'HEAD', 1), timeBudgetNs: 1 })
    expect(warningsOf(changed.runs[0])?.filter(({ code }) => code !== 'OUT_OF_TIME')).toEqual([
      {
        code: 'BENCH_CHANGED',
        subject: 'routing/route',
        message: "its bench file differs from HEAD's: the verdict is about both changes together",
      },
    ])
  })

  it('finds a project in a folder of its repository', async () => {
    await using project = await projectWith(ROUTERS.fast)
    await project.write({
      'packages/inner/benches/deep.bench.ts': `import { route } from '../../../router.ts'
        export default { name: 'deep', fn: (_: unknown, iteration: number) => route(iteration) }`,
    })
    await project.commit('Add a package')
    // Both sides are found and run when they are calibrated; no pair is needed to see that.
    const request = { ...againstRequestOf(project, 'HEAD', 1), timeBudgetNs: 1 }
    const { runs } = await runAgainst({ ...request, rootDirectory: project.path('packages/inner') })
    expect(runs.map(({ suite, failures }) => [suite, failures])).toEqual([['deep', []]])
  })

  it('says so when the other side has none of the benchmarks, or cannot read them', async () => {
    await using project = await TemporaryProject.createRepository({ 'router.ts': ROUTERS.fast })
    await project.git('tag', 'empty')
    await project.write({ 'benches/routing/route.bench.ts': 'export default undefined\n' })
    await project.commit('Add a benchmark')
    await project.git('tag', 'broken')
    await project.write({ 'benches/routing/route.bench.ts': BENCH })

    for (const [ref, reason] of [
      ['empty', 'empty has no such benchmark'],
      ['broken', 'on broken it has no default export, so it holds no benchmark'],
    ] as const) {
      const { runs, failures } = await runAgainst(againstRequestOf(project, ref, 1))
      expect(failures).toEqual([])
      expect(runs).toHaveLength(1)
      expect(runs[0]).toMatchObject({
        suite: 'routing',
        metrics: [],
        failures: [],
        validity: { state: 'suspect', reasons: ['all its benchmarks are new'] },
        warnings: [
          {
            code: 'BENCH_ADDED',
            subject: 'routing/route',
            message: `is new: ${reason}, so there is nothing to compare`,
          },
        ],
      })
    }
  })

  it('tells which side a benchmark fails on, and keeps the results of the others', async () => {
    const { runs } = await failingTree()
    expect(runs[0]?.failures).toHaveLength(3)
    expect(runs[0]?.failures).toContainEqual({
      subject: 'routing/other',
      code: 'BENCH_FILE_INVALID',
      message: expect.stringMatching(/^on this side: cannot be loaded: Error: no road/),
      remedy: expect.any(String),
    })
    expect(new Set(runs[0]?.metrics.map(({ subject }) => subject))).toEqual(new Set(['routing/route']))
  })

  it.each([
    ['this side', 'routing/hangs-here'],
    ['the other side', 'routing/hangs-there'],
  ])('blames %s when that is the one that hangs', async (side, subject) => {
    const { runs } = await failingTree()
    expect(runs[0]?.failures).toContainEqual(
      expect.objectContaining({
        subject,
        code: 'FORK_TIMEOUT',
        message: expect.stringMatching(`^on ${side}: did not end within`),
      }),
    )
  })

  it('ends in calibration when the time budget does', async () => {
    await using project = await projectWith(ROUTERS.fast)
    await project.write({ 'benches/routing/other.bench.ts': BENCH.replace("'route'", "'other'") })
    await project.commit('Add a benchmark')
    const calibrated: unknown[] = []
    const { runs } = await runAgainst({
      ...againstRequestOf(project, 'HEAD', 5),
      timeBudgetNs: 1,
      onProgress: ({ step, subject }) => void (step === 'calibrating' && calibrated.push(subject)),
    })
    expect(calibrated).toEqual(['routing/other'])
    expect(runs[0]?.warnings.map(({ code, subject }) => [code, subject])).toEqual([
      ['OUT_OF_TIME', 'routing/other'],
      ['OUT_OF_TIME', 'routing/route'],
    ])
  })

  it('compares nothing when git cannot tell what is checked out', async () => {
    await using project = await projectWith(ROUTERS.fast)
    await project.write({ 'router.ts': ROUTERS.slow, '.git/index': 'no index of git' })
    await expect(runAgainst(againstRequestOf(project, 'HEAD', 1))).rejects.toMatchObject({
      code: 'SNAPSHOT_FAILED',
      message: expect.stringMatching(/^git status failed: .*index/s),
    })
  })

  it('tells what the time budget cut short', async () => {
    await using project = await projectWith(ROUTERS.fast)
    const { runs } = await runAgainst({ ...againstRequestOf(project, 'HEAD', 5), timeBudgetNs: 1 })
    expect(runs[0]).toMatchObject({
      metrics: [],
      validity: { state: 'invalid', reasons: ['nothing was measured'] },
      warnings: [
        {
          code: 'OUT_OF_TIME',
          subject: 'routing/route',
          message: 'the time budget ended before the evidence was complete: give it more',
        },
      ],
    })
  })
})
