import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY, runTool, TemporaryFolder } from './repository.ts'

/** JavaScript with types in comments: the only files that may know a document and a window. */
const PAGE_PROGRAM = join(REPOSITORY, 'packages/perf-kit/src/report/html/browser')

test('every file type-checks', async () => {
  const { exitCode, output } = await runTool('tsc', ['--noEmit', '--pretty', 'false'])
  expect(exitCode, output).toBe(0)
})

test('the program of the report’s page type-checks as a browser’s', async () => {
  const { exitCode, output } = await runTool('tsc', ['--noEmit', '--pretty', 'false', '--project', PAGE_PROGRAM])
  expect(exitCode, output).toBe(0)
})

test.each([
  ['an index that may be out of range', 'export const first = (list: string[]): string => list[0]', 'TS2322'],
  ['undefined for an optional property', 'export const options: { limit?: number } = { limit: undefined }', 'TS2375'],
  ['syntax that types alone cannot erase', 'export class Point {\n  constructor(readonly x: number) {}\n}', 'TS1294'],
  ['a type imported as a value', "import { PathLike } from 'node:fs'\nexport type P = PathLike", 'TS1484'],
])('%s is an error', async (_, source, code) => {
  await using project = await TemporaryFolder.create({
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({ extends: join(REPOSITORY, 'tsconfig.json'), include: ['source.ts'] }),
    'source.ts': source,
  })
  await symlink(join(REPOSITORY, 'node_modules'), join(project.path, 'node_modules'))
  const { exitCode, output } = await runTool('tsc', ['--noEmit', '--pretty', 'false', '--project', project.path])
  expect(output).toContain(`error ${code}`)
  expect(exitCode).not.toBe(0)
})
