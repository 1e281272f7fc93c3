import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { limitedTarget } from './limited-target.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')

it('the program in docs/capacity.md runs as it stands, but for shorter', async () => {
  const page = await readFile(resolve(REPOSITORY, 'docs/capacity.md'), 'utf8')
  const [, example = ''] = /^```ts\n(.*?)^```$/ms.exec(page) ?? []
  await using target = await limitedTarget({ rate: 300 })
  const program = example
    .replace('http://127.0.0.1:8080/', target.url)
    .replace('trialNs: 5e9', 'trialNs: 0.3e9, mostTrials: 4')
  await using project = await TemporaryProject.create({ 'program.ts': program })
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
  expect(stdout).toMatch(/kind: '(interval|atLeast|below|unknown)'/)
  expect(stdout).toMatch(/ [2-4]\n$/)
})
