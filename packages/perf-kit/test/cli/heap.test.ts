import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { smallSnapshot } from '../memory/snapshot/small-snapshot.ts'
import { TOKEN, takeSnapshots } from '../memory/snapshot/taken-snapshots.ts'
import { TemporaryFolder } from '../memory/snapshot/temporary-folder.ts'
import { type Ended, perfKit } from './perf-kit-process.ts'

const PAGE = resolve(import.meta.dirname, '../../../../docs/heap.md')
const REQUESTS = 613

describe('perf-kit heap, of a process that keeps a session for each request', () => {
  let folder: TemporaryFolder
  let files: readonly string[]
  let project: TemporaryProject

  beforeAll(async () => {
    folder = await TemporaryFolder.create()
    project = await TemporaryProject.create({})
    files = await takeSnapshots(folder, ['a.heapsnapshot', 'b.heapsnapshot', 'c.heapsnapshot'], REQUESTS)
    return async () => {
      await folder[Symbol.asyncDispose]()
      await project[Symbol.asyncDispose]()
    }
  })

  const diff = async (count: number, ...flags: readonly string[]): Promise<Ended> =>
    await perfKit(project, ['heap', 'diff', ...files.slice(0, count), ...flags])

  it('finds the leak twice: exit code 1', async () => {
    const { exitCode, stdout, stderr } = await diff(3, '--requests', String(REQUESTS), '--paths')
    expect(stdout).toMatch(/^class +1 → 2 +2 → 3 +objects +more bytes +bytes +a request$/m)
    expect(stdout).toMatch(/^Session +\+613 +\+613 +1,839 +\+[\d.]+ kB +[\d.]+ kB +1$/m)
    expect(stdout).toMatch(/^! Session: 1 a request, twice$/m)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Session (200 of 200): ')
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Registry.sessions → Map.table → (array)[] → Session')
    expect(stdout).not.toMatch(TOKEN)
    expect(stderr).toBe('')
    expect(exitCode).toBe(1)
  })

  it('finds it once, and says that this is no proof: exit code 4', async () => {
    const { exitCode, shown } = await diff(2, '--requests', String(REQUESTS))
    expect(shown).toContain('! Session: 1 a request, once')
    expect(shown).toContain('once may be chance: take a third snapshot after as many requests')
    expect(exitCode).toBe(4)
  })

  it('finds what is about a multiple, and says that this is no proof either: exit code 4', async () => {
    const { exitCode, stdout } = await diff(3, '--requests', '640')
    expect(stdout).toMatch(/^! Session: about 1 a request, twice$/m)
    expect(stdout).toContain('"about" may be chance')
    expect(exitCode).toBe(4)
  })

  it('does not judge when nobody says how many requests there were, or other ones: exit code 0', async () => {
    const unjudged = await diff(3)
    expect(unjudged.stdout).toMatch(/^Session +\+613 +\+613 /m)
    expect(unjudged.stdout).not.toContain('a request')
    expect(unjudged.exitCode).toBe(0)
    const others = await diff(3, '--requests', '99991')
    expect(others.stdout).toContain('no class grew by a multiple of 99,991 requests')
    expect(others.exitCode).toBe(0)
  })

  it('shows as many classes as are asked for, and all as JSON', async () => {
    const { stdout } = await diff(3, '--top', '2')
    expect(stdout).toMatch(/^and [\d,]+ more classes$/m)
    const json = await diff(3, '--requests', String(REQUESTS), '--json')
    const document = JSON.parse(json.stdout)
    expect(document).toMatchObject({ schema: 'perf-kit/heap-diff', schemaVersion: 1, requests: REQUESTS })
    expect(document.snapshots.map(({ file }: { readonly file: string }) => file)).toEqual(files)
    const session = document.classes.find(({ name }: { readonly name: string }) => name === 'Session')
    expect(session).toMatchObject({ type: 'object', counts: [613, 1226, 1839], leak: { perRequest: 1, fit: 'exact' } })
    expect(json.stdout).not.toMatch(TOKEN)
    expect(json.exitCode).toBe(1)
  })

  it('shows strings when it is asked to, and only then', async () => {
    const [file = ''] = files
    const silent = await perfKit(project, ['heap', 'show', file])
    expect(silent.stdout).toMatch(/^class +objects +bytes +share$/m)
    expect(silent.stdout).toMatch(/^\(string\) +[\d,]+ +[\d.]+ [kM]B +[\d.]+ %$/m)
    expect(silent.stdout).not.toContain('strings:')
    expect(silent.exitCode).toBe(0)
    expect((await diff(2, '--show-strings')).stdout).toMatch(TOKEN)
    const json = await perfKit(project, ['heap', 'show', file, '--json', '--show-strings'])
    const document = JSON.parse(json.stdout)
    expect(document).toMatchObject({ schema: 'perf-kit/heap-summary', schemaVersion: 1, file })
    expect(document.strings.length).toBe(20)
  })

  it('refuses them in the wrong order: exit code 3', async () => {
    const [first = '', second = ''] = files
    const { exitCode, stdout, shown } = await perfKit(project, ['heap', 'diff', second, first])
    expect(shown).toContain(
      `${first} was taken before ${second} → Give snapshots in the order in which they were taken.`,
    )
    expect(stdout).toBe('')
    expect(exitCode).toBe(3)
  })
})

describe('perf-kit heap', { concurrent: true }, () => {
  it.each([
    ['no command', ['heap'], 'Usage: perf-kit heap', 2],
    ['a misspelt command', ['heap', 'dif', 'a', 'b'], "unknown command 'dif'", 2],
    ['one snapshot alone', ['heap', 'diff', 'a.heapsnapshot'], "missing required argument 'second'", 2],
    ['four of them', ['heap', 'diff', 'a', 'b', 'c', 'd'], 'too many arguments', 2],
    ['no requests', ['heap', 'diff', 'a', 'b', '--requests', '0'], 'Write a whole number from 1 to', 2],
    ['a file that is not there', ['heap', 'show', 'none'], 'none is not there → Name a file that exists.', 2],
    ['a folder', ['heap', 'show', '.'], '. is a folder → Name a file.', 2],
    ['the same twice', ['heap', 'diff', 'a.heapsnapshot', './a.heapsnapshot'], 'is the same file as a.heapsnapshot', 2],
    ['no snapshot', ['heap', 'show', 'package.json'], 'package.json is JSON, and no heap snapshot', 3],
    ['half of one', ['heap', 'show', 'half.heapsnapshot'], 'half.heapsnapshot is no whole heap snapshot: it ends', 3],
    ['one without objects', ['heap', 'show', 'bare.heapsnapshot'], 'bare.heapsnapshot is a heap snapshot without', 3],
  ])('says what is wrong, and what to do: %s', async (_title, args, says, code) => {
    const text = smallSnapshot()
    await using project = await TemporaryProject.create({
      'a.heapsnapshot': text,
      'half.heapsnapshot': text.slice(0, text.length / 2),
      'bare.heapsnapshot': smallSnapshot([]),
    })
    const { exitCode, stdout, shown } = await perfKit(project, args)
    expect(shown).toContain(says)
    expect(stdout).toBe('')
    expect(exitCode).toBe(code)
  })
})

describe('docs/heap.md', { concurrent: true }, async () => {
  const page = await readFile(PAGE, 'utf8')
  const [, program = ''] = /^```js\n(.*?)^```$/ms.exec(page) ?? []
  const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(page) ?? []
  const [, shown = ''] = /^```\n(a\.heapsnapshot → .*?)^```$/ms.exec(page) ?? []

  it('has a program, a command that finds its leak as it is shown there, and the same in code', async () => {
    await using project = await TemporaryProject.create({ 'leaking.cjs': program, 'diff.ts': code })
    const run = promisify(execFile)
    await run(process.execPath, ['leaking.cjs'], { cwd: project.directory })
    const [, command = ''] = /^perf-kit (heap diff .+)$/m.exec(page) ?? []
    const { stdout, exitCode } = await perfKit(project, command.split(' '))
    expect(exitCode).toBe(1)
    const lineOf = (text: string): string | undefined => /^Session .+$/m.exec(text)?.[0].replaceAll(/ +/g, ' ')
    expect(lineOf(stdout)).toBe(lineOf(shown))
    expect(stdout).toContain('! Session: 1 a request, twice\n')
    const inCode = await run(process.execPath, ['diff.ts'], { cwd: project.directory })
    expect(inCode.stdout).toContain('Session: 1 a request, 1009 → 2018 → 3027\n')
  })

  it('lists every option there is', async () => {
    await using project = await TemporaryProject.create({})
    const { stdout } = await perfKit(project, ['heap', 'diff', '--help'])
    const options = new Set([...stdout.matchAll(/--[a-z]+(?:-[a-z]+)*/g)].map(([option]) => option))
    expect(options.size).toBeGreaterThan(4)
    options.delete('--help')
    for (const option of options) expect(page).toMatch(new RegExp(`${option}(?![a-z-])`))
  })
})
