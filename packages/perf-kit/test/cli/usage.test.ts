import { expect, test } from 'vitest'
import { GOOD_BENCH, TemporaryProject } from './temporary-project.ts'

const FILES = { 'benches/suite/good.bench.ts': GOOD_BENCH }

const WRONG: readonly { readonly title: string; readonly args: readonly string[]; readonly says: RegExp }[] = [
  { title: 'an unknown command', args: ['bnech'], says: /unknown command 'bnech'.*Did you mean bench/ },
  { title: 'an unknown option', args: ['bench', '--fork', '2'], says: /unknown option '--fork'.*Did you mean --forks/ },
  { title: 'no forks', args: ['bench', '--forks', '0'], says: /whole number from 1 to/ },
  { title: 'a duration without a unit', args: ['bench', '--time-budget', '60'], says: /duration with its unit/ },
  { title: 'two ways to judge at once', args: ['bench', '--against', 'main', '--accept'], says: /cannot be used with/ },
  {
    title: 'a misspelt benchmark',
    args: ['bench', 'suit/god'],
    says: /no benchmark matches "suit\/god" — did you mean "suite\/good"/,
  },
  {
    title: 'a config file that is not there',
    args: ['bench', '--config', 'none.ts'],
    says: /there is no config file .*none\.ts/,
  },
]

for (const { title, args, says } of WRONG) {
  test(`${title} is usage: exit code 2, and what to write instead`, async () => {
    await using project = await TemporaryProject.create(FILES)
    const { exitCode, shown } = await project.perfKit(args)
    expect(shown).toMatch(says)
    expect(exitCode).toBe(2)
  })
}

test('all problems of a config are told at once, with the key that was meant', async () => {
  await using project = await TemporaryProject.create({
    ...FILES,
    'perf-kit.config.ts': "export default { bench: { frks: 3, warmup: '5 parsecs', memoryLimit: 7 } }\n",
  })
  const { exitCode, shown } = await project.perfKit(['bench'])
  expect(shown).toMatch(/bench\.frks: there is no such key — did you mean "forks"/)
  expect(shown).toMatch(/bench\.warmup: "5 parsecs" is no duration/)
  expect(shown).toMatch(/bench\.memoryLimit: give a size as text/)
  expect(exitCode).toBe(2)
})

test('a config with a syntax error is named', async () => {
  await using project = await TemporaryProject.create({ ...FILES, 'perf-kit.config.ts': 'export default {{\n' })
  const { exitCode, shown } = await project.perfKit(['bench'])
  expect(shown).toMatch(/perf-kit\.config\.ts cannot be loaded: SyntaxError/)
  expect(exitCode).toBe(2)
})

test('--list names every case and measures nothing', async () => {
  await using project = await TemporaryProject.create(FILES)
  const { exitCode, stdout } = await project.perfKit(['bench', '--list'])
  expect(stdout).toBe('suite/good\n')
  expect(exitCode).toBe(0)
})

test('Ctrl-C shows what is known, ends every process and exits with 130', async () => {
  await using project = await TemporaryProject.create(FILES)
  const { exitCode, shown } = await project.perfKit(['bench', '--forks', '900'], (pid) => {
    setTimeout(() => process.kill(pid, 'SIGINT'), 4000)
  })
  expect(shown).toMatch(/interrupted/)
  expect(exitCode).toBe(130)
  expect(await project.forksLeft()).toEqual([])
})
