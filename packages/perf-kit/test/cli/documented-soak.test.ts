import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { perfKit } from './perf-kit-process.ts'
import { ANSWERS, soakProject } from './soak-project.ts'

/** The TypeScript of the page, block by block. */
async function examples(): Promise<string[]> {
  const text = await readFile(resolve(import.meta.dirname, '../../../../docs/soak.md'), 'utf8')
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '')
}

test.concurrent('the scenario in docs/soak.md runs as it stands', async () => {
  const scenario = (await examples()).find((code) => code.includes('defineSoak')) ?? ''
  await using project = await soakProject(ANSWERS, { 'soak/mine.soak.ts': scenario })
  const { stdout, shown } = await perfKit(project, ['soak', 'mine', '-d', '2s', '-q'])
  expect(stdout, shown).toMatch(/× HTTP 200/)
})

test.concurrent('the program in docs/soak.md runs as it stands, but for shorter', async () => {
  const program = (await examples()).find((code) => code.includes('SoakRecord.create')) ?? ''
  await using project = await soakProject('', {
    'server.js': ANSWERS,
    'program.ts': program.replace('const seconds = 5', 'const seconds = 2'),
  })
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
  expect(stdout).toMatch(/^complete (leaking|steady|inconclusive)$/m)
})
