import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findProcessUses } from './process-uses.ts'
import { REPOSITORY } from './repository.ts'
import { PROCESS_ENTRIES } from './rooms.ts'

const SRC = join(REPOSITORY, 'packages/perf-kit/src')

test('only a process entry exits, prints, or reads arguments', async () => {
  const uses: string[] = []
  for await (const file of glob('**/*.ts', { cwd: SRC })) {
    if (PROCESS_ENTRIES.some((entry) => file.startsWith(entry))) continue
    const source = await readFile(join(SRC, file), 'utf8')
    uses.push(...findProcessUses(source).map((use) => `${file}:${use}`))
  }
  expect(uses).toEqual([])
})

test.each([
  'process.exit(1)',
  'process.exitCode = 1',
  'process.stdout.write("text")',
  'const columns = process.stderr.columns',
  'const [, , file] = process.argv',
  'globalThis.process.exit()',
  'process["exit"]()',
  'const { argv } = process',
  'console.log("text")',
  'globalThis.console.error("text")',
  'import { exit } from "node:process"',
  'import { Console } from "node:console"',
])('finds `%s`', (source) => {
  expect(findProcessUses(`const before = 1\n${source}`)).toHaveLength(1)
})

test.each([
  'child.stdout.on("data", listen)',
  'process.hrtime.bigint()',
  'const { argv } = options',
  '// A benchmark must not call process.exit().',
  'const remedy = "A benchmark must not call process.exit()."',
])('lets `%s` pass', (source) => {
  expect(findProcessUses(source)).toEqual([])
})
