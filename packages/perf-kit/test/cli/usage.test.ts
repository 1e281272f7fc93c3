import { describe, expect, it } from 'vitest'
import { type ProjectFiles, TemporaryProject, WORKING_BENCH } from '../bench/temporary-project.ts'
import { perfKit } from './perf-kit-process.ts'

const FILES: ProjectFiles = { 'benches/routing/lookup.bench.ts': WORKING_BENCH.replace('works', 'lookup') }

describe('wrong words on the command line', () => {
  it.each([
    { what: 'an unknown command', args: ['bnech'], says: "unknown command 'bnech' (Did you mean bench?)" },
    {
      what: 'an unknown flag',
      args: ['bench', '--fork', '2'],
      says: "unknown option '--fork' (Did you mean --forks?)",
    },
    { what: 'no forks', args: ['bench', '--forks', '0'], says: 'Write a whole number from 1 to 1000.' },
    { what: 'half a fork', args: ['bench', '--forks', '1.5'], says: 'Write a whole number from 1 to 1000.' },
    {
      what: 'a time without its unit',
      args: ['bench', '--time-budget', '60'],
      says: 'Write a duration with its unit, such as 60s or 5m.',
    },
    {
      what: 'accepting a comparison',
      args: ['bench', '--against', 'main', '--accept'],
      says: "option '--against <ref>' cannot be used with option '--accept'",
    },
    {
      what: 'two formats',
      args: ['bench', '--json', '--markdown'],
      says: "option '--markdown' cannot be used with option '--json'",
    },
    { what: 'an unknown engine', args: ['bench', '--engine', 'v12'], says: 'Allowed choices are tinybench, mitata.' },
    {
      what: 'a misspelt benchmark',
      args: ['bench', 'routing/lokup'],
      says: 'no benchmark matches "routing/lokup" — did you mean "routing/lookup"? → See all names with --list.',
    },
    {
      what: 'one misspelt benchmark among others',
      args: ['bench', 'lookup', '--filter', 'rooting'],
      says: 'no benchmark matches "rooting" — did you mean "routing"? → See all names with --list.',
    },
    {
      what: 'a config file that is not there',
      args: ['bench', '--config', 'none.ts'],
      says: 'none.ts → Name an existing file with --config, or leave the flag out.',
    },
  ])('are usage, with what to write instead: $what', async ({ args, says }) => {
    await using project = await TemporaryProject.create(FILES)
    const { exitCode, stdout, shown } = await perfKit(project, args)
    expect(shown).toContain(says)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })
})

describe('a config that cannot be used', () => {
  it('is told with all its problems at once, and the keys that were meant', async () => {
    await using project = await TemporaryProject.create({
      ...FILES,
      'perf-kit.config.ts': `export default {
        bench: { frks: 3, warmup: '5 parsecs', memoryLimit: 7 }, baselines: { thresholds: { timePerOp: 0 } }, bnech: {},
      }`,
    })
    const { exitCode, stdout, shown } = await perfKit(project, ['bench'])
    expect(shown).toContain(`perf-kit: ${project.path('perf-kit.config.ts')} is not a usable configuration:`)
    expect(shown).toContain('bench.frks: there is no such key — did you mean "forks"?')
    expect(shown).toContain('bnech: there is no such key — did you mean "bench"?')
    expect(shown).toContain('bench.warmup: "5 parsecs" is no duration; write it like "250ms", "30s" or "1h30m"')
    expect(shown).toContain('bench.memoryLimit: give a size as text with its unit, such as "512MiB"')
    expect(shown).toContain('baselines.thresholds.timePerOp: ')
    expect(shown).toContain('→ Mend these keys; docs/configuration.md lists all of them.')
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })

  it('is told with its file and line when it cannot be parsed', async () => {
    await using project = await TemporaryProject.create({
      ...FILES,
      'perf-kit.config.ts': `const forks = 3\n\nexport default { bench: { forks, }\n`,
    })
    const { exitCode, stdout, shown } = await perfKit(project, ['bench'])
    expect(shown).toMatch(/perf-kit\.config\.ts:3 cannot be loaded: SyntaxError: /)
    expect(shown).toContain(`→ Run \`node ${project.path('perf-kit.config.ts')}\` to see the whole error.`)
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
  })
})

describe('a project without benchmarks', () => {
  it('is told where they were looked for', async () => {
    await using project = await TemporaryProject.create({})
    const { exitCode, shown } = await perfKit(project, ['bench'])
    expect(shown).toContain(`no file matches benches/**/*.bench.{ts,mts,js,mjs} below ${project.directory}`)
    expect(shown).toContain('→ Write a bench file (docs/bench.md shows one), or set `bench.include` in the config.')
    expect(exitCode).toBe(2)
  })
})

describe('help', () => {
  it('lists every flag, and goes to stdout', async () => {
    await using project = await TemporaryProject.create({})
    const { exitCode, stdout, stderr } = await perfKit(project, ['bench', '--help'])
    const flags = ['--filter', '--against', '--accept', '--reason', '--author', '--forks', '--time-budget', '--engine']
    for (const flag of [...flags, '--configuration', '--config', '--list', '--json', '--markdown', '--strict']) {
      expect(stdout).toMatch(new RegExp(`${flag}(?![a-z-])`))
    }
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })
})
