import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { TemporaryProject } from '../../bench/temporary-project.ts'

const PAGE = resolve(import.meta.dirname, '../../../../../docs/leaks.md')

it('the program in docs/leaks.md that hunts a leak runs as it stands, but for shorter, and names the line', async () => {
  const page = await readFile(PAGE, 'utf8')
  const [server = '', program = ''] = ['const answered', 'huntLeaks('].map((word) =>
    [...page.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)].map(([, code = '']) => code).find((code) => code.includes(word)),
  )
  const line = server.split('\n').findIndex((text) => text.includes('createServer((')) + 1
  await using project = await TemporaryProject.create({
    // More of each request, so that few will do on a busy machine.
    'server.js': server.replace('new Date()', 'Array.from({ length: 1000 }, (_, time) => time / 3)'),
    'program.ts': program.replace('watchNs: 60e9', 'watchNs: 1e9, longestNs: 0, snapshots: false'),
  })
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
  expect(stdout).toMatch(/^(leaking|inconclusive) \{/)
  expect(stdout).toContain(`file: '${project.path('server.js')}'`)
  expect(stdout).toMatch(new RegExp(`line: ${line}\\b`))
})
