import { stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { perfKit } from './perf-kit-process.ts'

/** Does its work for a while, and something else from the two hundredth request on. */
const server = (deed: string) => `import { createServer } from 'node:http'
const kept = []
let requests = 0
const server = createServer((request, response) => {
  response.end('hello')
  if (++requests >= 200) { ${deed} }
})
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
`
const KEEPS = 'kept.push(Array.from({ length: 20_000 }, (_, index) => ({ index })))'
const config = (...flags: readonly string[]) =>
  `export default { load: { target: { command: ${JSON.stringify(['node', ...flags, 'server.mjs'])}, ready: { log: /listening on (\\S+)/ } } } }\n`
const ARGS = ['load', '-c', '4', '-d', '3s', '-q']
/** Longer than it takes on any machine: the load ends with its target. */
const UNTIL_ITS_END = ['load', '-c', '4', '-d', '10m', '-q']

describe('perf-kit load of a target that crashes', { concurrent: true }, () => {
  it('says that it ran out of heap, when, how much it had, what became of requests, and what to do', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': server(KEEPS),
      'perf-kit.config.ts': config('--max-old-space-size=14', '--max-semi-space-size=1'),
    })
    const { exitCode, shown } = await perfKit(project, [...UNTIL_ITS_END, '--snapshot-at-limit', 'snapshots'])
    expect(shown).toMatch(
      /! the target ended while it was driven, \d+\.\d s after that had begun: it ran out of heap, of 14 MiB \(.+?\), and V8 ended it: SIGABRT; /,
    )
    expect(shown).toMatch(/\d requests? (was|were) (cut off in the middle|refused, because nobody was there)/)
    expect(shown).toContain('JavaScript heap out of memory')
    expect(shown).toContain('the target ran out of heap. Look at what it keeps')
    expect(exitCode).toBe(3)
    const [, path = ''] = /what lay on the heap near its limit is in (\S+)/.exec(shown) ?? []
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(path.startsWith(project.path('snapshots'))).toBe(true)
  })

  it('says which error nobody caught, for programs too', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': server("throw new TypeError('no such thing')"),
    })
    const { exitCode, stdout } = await perfKit(project, [...UNTIL_ITS_END, '--json', '--', 'node', 'server.mjs'])
    const { validity, warnings, artifacts } = parseRun(stdout, 'stdout')
    expect(validity.state).toBe('invalid')
    expect(validity.reasons[0]).toMatch(/nobody caught an error, exit code 1: TypeError: no such thing/)
    expect(validity.reasons[0]).toMatch(/server\.mjs:\d+/)
    expect(warnings.map(({ code }) => code)).toContain('TARGET_EXCEPTION')
    expect(artifacts).toEqual([])
    expect(exitCode).toBe(3)
  })

  it('takes only what stands behind -- for a command', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': server('') })
    const { exitCode, shown } = await perfKit(project, [...ARGS, 'node', 'server.mjs'])
    expect(shown).toContain('Expected 1 argument but got 2.')
    expect(exitCode).toBe(2)
    const driven = await perfKit(project, ['load', '-c', '2', '-d', '300ms', '-q', '--', 'node', 'server.mjs'])
    expect(driven.stdout).toMatch(/× HTTP 200/)
    expect(driven.exitCode, driven.shown).toBe(0)
  })

  it('has no use for a folder of snapshots where somebody else has started the target', async () => {
    await using project = await TemporaryProject.create({})
    const args = ['load', 'http://127.0.0.1:9/', '--snapshot-at-limit', 'snapshots']
    const { exitCode, shown } = await perfKit(project, args)
    expect(shown).toContain('--snapshot-at-limit is for a target that is started')
    expect(exitCode).toBe(2)
  })

  it('says so when snapshots could not be written', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': server(''),
      'perf-kit.config.ts': config(),
      file: '',
    })
    const { exitCode, shown } = await perfKit(project, [...ARGS, '--snapshot-at-limit', 'file'])
    expect(shown).toContain('no heap snapshot could be written to file')
    expect(exitCode).toBe(3)
  })
})
