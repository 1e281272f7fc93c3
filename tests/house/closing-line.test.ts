import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY, runTool, TemporaryFolder } from './repository.ts'

const REPORTER = join(REPOSITORY, 'tests/house/closing-line-reporter.ts')

const CONFIG = `
import { ClosingLineReporter } from ${JSON.stringify(REPORTER)}
export default { test: { globals: true, reporters: ['default', new ClosingLineReporter()] } }
`

const PASSING = 'test("holds", () => {})'

interface ScriptedRun {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly line: string
  readonly exitCode: number
}

const runs: readonly ScriptedRun[] = [
  {
    name: 'counts passed, failed and skipped tests',
    files: {
      'a.test.mjs': `${PASSING}; test.skip("later", () => {}); test.todo("some day")`,
      'b.test.mjs': `${PASSING}; test("breaks", () => { throw new Error("no") })`,
    },
    line: '2 passed, 1 failed, 2 skipped',
    exitCode: 1,
  },
  {
    name: 'leaves out what is not there to skip',
    files: { 'a.test.mjs': `describe("inner", () => { ${PASSING} })` },
    line: '1 passed, 0 failed',
    exitCode: 0,
  },
  {
    name: 'counts a file that does not load as failed',
    files: { 'a.test.mjs': PASSING, 'b.test.mjs': 'import "./nowhere.mjs"' },
    line: '1 passed, 1 failed',
    exitCode: 1,
  },
  {
    name: 'counts a hook that throws as failed',
    files: {
      'a.test.mjs': `describe("inner", () => { afterAll(() => { throw new Error("no") }); ${PASSING} })`,
    },
    line: '1 passed, 1 failed',
    exitCode: 1,
  },
  {
    name: 'counts an error that nobody caught as failed',
    files: {
      'a.test.mjs':
        'test("lets go", () => { setTimeout(() => { throw new Error("no") }); return new Promise((go) => setTimeout(go, 100)) })',
    },
    line: '1 passed, 1 failed',
    exitCode: 1,
  },
  { name: 'fails without a test file', files: {}, line: '0 passed, 0 failed', exitCode: 1 },
  {
    name: 'fails when no test was chosen',
    files: { 'a.test.mjs': PASSING },
    args: ['--testNamePattern', 'no such title'],
    line: '0 passed, 0 failed, 1 skipped',
    exitCode: 1,
  },
]

test.each(runs)('$name', async ({ files, args = [], line, exitCode }) => {
  await using project = await TemporaryFolder.create({ 'vitest.config.mjs': CONFIG, ...files })
  const env = { ...process.env, NO_COLOR: '1' }
  const finished = await runTool('vitest', ['run', '--root', project.path, ...args], { cwd: project.path, env })
  const lines = finished.stdout.trimEnd().split('\n')
  expect(lines.at(-1), finished.output).toBe(line)
  expect(lines.filter((each) => /^\d+ passed, \d+ failed/.test(each))).toHaveLength(1)
  expect(finished.exitCode).toBe(exitCode)
})
