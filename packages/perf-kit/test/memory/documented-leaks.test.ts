import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'

const PAGE = resolve(import.meta.dirname, '../../../../docs/leaks.md')

async function exampleWith(word: string): Promise<string> {
  const page = await readFile(PAGE, 'utf8')
  const found = [...page.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)]
    .map(([, code = '']) => code)
    .find((code) => code.includes(word))
  if (found === undefined) throw new Error(`no example has ${word}`)
  return found
}

it('the server and the program in docs/leaks.md run as they stand, but for shorter, and find the leak', async () => {
  const program = (await exampleWith('MemoryMonitor.of('))
    .replace('durationNs: 180e9', 'durationNs: 8e9')
    .replace('from: 1000, to: 1000', 'from: 3000, to: 3000')
  await using project = await TemporaryProject.create({
    'server.js': await exampleWith('const answered'),
    'program.ts': program.replace('{ load: generator }', '{ load: generator, everyNs: 0.2e9 }'),
  })
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
  expect(stdout).toMatch(/^(leaking|inconclusive) heap: /)
})

it('the test in docs/leaks.md that watches its own process runs as it stands', async () => {
  await using project = await TemporaryProject.create({ 'program.ts': await exampleWith('MemoryMonitor.self(') })
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
  expect(stdout).toMatch(/^(steady|inconclusive)/)
})
