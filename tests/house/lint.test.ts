import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY, runTool, TemporaryFolder } from './repository.ts'

test('every file is formatted and free of lint', async () => {
  const { exitCode, output } = await runTool('biome', ['check', '.', '--max-diagnostics=100'])
  expect(exitCode, output).toBe(0)
})

test.each([
  ['format', 'export const text = "double";\n'],
  ['lint/style/noDefaultExport', 'export default 1\n'],
  ['lint/style/noNonNullAssertion', 'export const length = (text?: string) => text!.length\n'],
  ['lint/style/noEnum', 'export enum Colour {\n  red,\n}\n'],
  ['lint/style/useNodejsImportProtocol', "export { join } from 'path'\n"],
  ['lint/suspicious/noExplicitAny', 'export const anything: any = 1\n'],
  ['lint/suspicious/noConsole', "console.log('text')\n"],
  ['lint/correctness/noUnusedVariables', 'const unused = 1\nexport const used = 1\n'],
])('%s is an error', async (rule, source) => {
  const config = await readFile(join(REPOSITORY, 'biome.json'), 'utf8')
  await using folder = await TemporaryFolder.create({ 'biome.json': config, 'source.ts': source })
  const args = ['check', '--vcs-enabled=false', '--colors=off', 'source.ts']
  const { exitCode, output } = await runTool('biome', args, { cwd: folder.path })
  expect(output).toContain(`${rule} `)
  expect(exitCode).toBe(1)
})
