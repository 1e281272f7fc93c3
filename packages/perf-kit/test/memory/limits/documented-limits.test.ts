import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { TemporaryProject } from '../../bench/temporary-project.ts'

const PAGE = resolve(import.meta.dirname, '../../../../../docs/limits.md')

async function exampleIn(language: string): Promise<string> {
  const found = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(await readFile(PAGE, 'utf8'))?.[1]
  if (found === undefined) throw new Error(`there is no example in ${language}`)
  return found
}

it('the server and the program in docs/limits.md run as they stand, but for shorter, and find out why it ended', async () => {
  const program = (await exampleIn('ts')).replace('durationNs: 10e9', 'durationNs: 5e9').replace('=64', '=40')
  await using project = await TemporaryProject.create({ 'server.js': await exampleIn('js'), 'program.ts': program })
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
  expect(stdout).toMatch(/^out of heap it ran out of heap, of 40 MiB \(/)
  expect(stdout).toContain("state: 'exceeded'")
})
