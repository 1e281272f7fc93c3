import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { TemporaryProject } from './temporary-project.ts'

const FAST = 'export const route = (n: number) => JSON.stringify({ n })\n'
const SLOW = `export const route = (n: number) => {
  let text = ''
  for (let round = 0; round < 5; round++) text = JSON.stringify({ n: n + round })
  return text
}
`
const FILES = {
  'router.ts': FAST,
  'benches/routing/route.bench.ts':
    "import { route } from '../../router.ts'\nexport default { name: 'route', fn: (_state: unknown, n: number) => route(n) }\n",
}

async function expectNothingLeft(project: TemporaryProject): Promise<void> {
  expect(await project.forksLeft()).toEqual([])
  expect((await project.git('worktree', 'list')).split('\n')).toHaveLength(1)
  const folders = await readdir(tmpdir())
  expect(folders.filter((name) => name.startsWith(`perf-kit-${process.pid}-`))).toEqual([])
}

// Two comparisons of up to 48 pairs each.
const PATIENCE_MS = 300_000

test('a router broken in the working tree is caught against the last commit, and its repair is not', {
  timeout: PATIENCE_MS,
}, async () => {
  await using project = await TemporaryProject.create(FILES)
  await project.commitAll()
  await project.write({ 'router.ts': SLOW })

  const broken = await project.perfKit(['bench', '--against', 'HEAD', '--json'])
  const report = JSON.parse(broken.stdout)
  expect(report.overall).toBe('regressed')
  expect(report.runs[0].source.dirty).toBe(true)
  expect(broken.exitCode).toBe(1)
  await expectNothingLeft(project)

  await project.write({ 'router.ts': FAST })
  const repaired = await project.perfKit(['bench', '--against', 'HEAD', '--json'])
  expect(JSON.parse(repaired.stdout).overall).not.toBe('regressed')
  expect([0, 4]).toContain(repaired.exitCode)
  await expectNothingLeft(project)
})

test('a ref that does not exist is usage, with the branch that was meant', async () => {
  await using project = await TemporaryProject.create(FILES)
  await project.commitAll()
  const { exitCode, shown } = await project.perfKit(['bench', '--against', 'mian'])
  expect(shown).toMatch(/git knows no commit "mian" — did you mean "main"/)
  expect(exitCode).toBe(2)
})

test('outside a repository there is nothing to compare with', async () => {
  await using project = await TemporaryProject.create(FILES)
  const { exitCode, shown } = await project.perfKit(['bench', '--against', 'main'])
  expect(shown).toMatch(/lies in no git repository with a commit/)
  expect(exitCode).toBe(3)
})

test('a ref that cannot be prepared is told with the last words of the command, and nothing is left', async () => {
  await using project = await TemporaryProject.create({
    ...FILES,
    'perf-kit.config.ts': "export default { bench: { prepare: [['sh', '-c', 'echo no such package >&2; exit 9']] } }\n",
  })
  await project.commitAll()
  const { exitCode, shown } = await project.perfKit(['bench', '--against', 'main'])
  expect(shown).toMatch(/ended with code 9: no such package/)
  expect(exitCode).toBe(3)
  await expectNothingLeft(project)
})

test('Ctrl-C during pairs leaves no process and no worktree', async () => {
  await using project = await TemporaryProject.create(FILES)
  await project.commitAll()
  const { exitCode } = await project.perfKit(['bench', '--against', 'main'], (pid) => {
    setTimeout(() => process.kill(pid, 'SIGINT'), 3000)
  })
  expect(exitCode).toBe(130)
  await expectNothingLeft(project)
})
