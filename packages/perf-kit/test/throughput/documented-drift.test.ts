import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { limitedTarget } from './limited-target.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../..')

it('the program in docs/capacity.md that asks whether it lasts runs as it stands, but for shorter', async () => {
  const page = await readFile(resolve(REPOSITORY, 'docs/capacity.md'), 'utf8')
  const example = [...page.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(([, code = '']) => code)
    .find((code) => code.includes('throughputDrift'))
  await using target = await limitedTarget({ rate: 100_000 })
  const program = (example ?? '')
    .replace('http://127.0.0.1:8080/', target.url)
    .replace('from: 800, to: 800, durationNs: 3600e9', 'from: 100, to: 100, durationNs: 7e9')
    .replace('warmupNs: 10e9', 'warmupNs: 1e9')
  await using project = await TemporaryProject.create({ 'program.ts': program })
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
  expect(stdout).toMatch(/^(steady|undecided) .*\{\n? *ratio: /)
  expect(stdout).toMatch(/ 600\n$/)
})
