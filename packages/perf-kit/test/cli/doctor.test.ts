import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { eventually } from '../bench/eventually.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'

const server = (keep: string, more = '') => `import { createServer } from 'node:http'
const kept = []
const server = createServer((request, response) => { ${keep}; response.end('hello') })
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))
${more}
`
const LEAKS = 'kept.push(Array.from({ length: 200 }, (_, index) => ({ index })))'
const COMMAND = ['--', 'node', 'server.mjs']

describe('perf-kit doctor', { concurrent: true }, () => {
  it('tells what Clinic.js Doctor says of a target, and beside it what its memory does', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': server(LEAKS) })
    const args = ['doctor', '-c', '4', '--think', '4ms', '-d', '2s', '--collect', '150ms', '-q', '--json', ...COMMAND]
    const { exitCode, stdout, shown } = await perfKit(project, args)
    const { warnings, metrics, suite } = parseRun(stdout, 'stdout')
    const said = (code: string) => warnings.find((note) => note.code === code)?.message
    expect(suite).toBe('doctor')
    expect(said('DOCTOR'), shown).toMatch(
      /^Clinic\.js Doctor 11\.\d+\.\d+ on Node v\d+\.\S+ says: (gc|event-loop|io|none|unknown|data)\b/,
    )
    // How sure it is in two seconds is the machine's affair; that it was the heap is not.
    expect(said('MEMORY')).toMatch(/^this package says of memory in the same window: (leaking|inconclusive), .*heap: /)
    const isLeaking = said('MEMORY')?.includes('window: leaking') === true
    expect(said('DOCTOR_MISSES_LEAKS') !== undefined).toBe(isLeaking)
    expect(exitCode).toBe(isLeaking ? 1 : 0)
    expect(metrics.find(({ name }) => name === 'errorRatio')?.value).toBe(0)
    expect(metrics.some(({ name }) => name === 'targetHeapUsedEnd')).toBe(true)
    expect(await readdir(project.directory)).toEqual(
      expect.not.arrayContaining([expect.stringContaining('node_trace')]),
    )
  })

  it('keeps what Doctor has collected where that is wished', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': server('') })
    const args = ['doctor', '-c', '2', '-d', '1s', '-q', '--keep', 'kept', ...COMMAND]
    const { shown } = await perfKit(project, args)
    expect(shown).toContain('Clinic.js Doctor')
    const names = await readdir(project.path('kept'), { recursive: true })
    expect(names).toEqual(
      expect.arrayContaining([expect.stringMatching(/processstat$/), expect.stringMatching(/traceevent$/)]),
    )
  })

  it('comes to no verdict when the target does not end, and says so', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': server('', "process.on('SIGINT', () => {})"),
      'perf-kit.config.ts':
        "export default { load: { target: { command: ['node', 'server.mjs'], ready: { log: /listening on (\\S+)/ }, stopTimeout: '1s' } } }",
    })
    const { exitCode, shown } = await perfKit(project, ['doctor', '-c', '2', '-d', '1s', '-q'])
    expect(shown).toContain('came to no verdict: the target did not end on SIGINT')
    expect(shown).toContain('this package says of memory in the same window')
    expect(exitCode).toBe(3)
  })

  it('is told when the target ends by itself', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': server("kept.push(1); if (kept.length === 200) throw new TypeError('no such thing')"),
    })
    const { exitCode, shown } = await perfKit(project, ['doctor', '-c', '2', '-d', '2s', '-q', ...COMMAND])
    expect(shown).toMatch(
      /the target ended while it was driven: nobody caught an error, exit code 1: TypeError: no such thing/,
    )
    expect(exitCode).toBe(3)
  })

  it('says nothing of memory that is not the target’s', async () => {
    // What Doctor and we look inside by is in the environment, which this one leaves behind.
    const clears = `require('node:child_process').spawn(process.execPath, ['server.mjs'], { stdio: 'inherit', env: {} })
      process.on('SIGINT', () => {})`
    await using project = await TemporaryProject.create({
      'server.mjs': server(LEAKS),
      'clears.cjs': clears,
      'perf-kit.config.ts':
        "export default { load: { target: { command: ['node', 'clears.cjs'], ready: { log: /listening on (\\S+)/ }, stopTimeout: '1s' } } }",
    })
    const { shown } = await perfKit(project, ['doctor', '-c', '2', '-d', '1s', '-q'])
    expect(shown).toContain('this package says of memory in the same window: nothing, none of its processes')
    expect(shown).toContain('came to no verdict: the target did not end on SIGINT')
  })

  it('ends at once when it is interrupted, with all that it has started, and takes no earlier verdict for this one', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': server("appendFileSync('requests', '.')", "import { appendFileSync } from 'node:fs'"),
      'kept/verdict.json': '{"problem":"of another time"}',
    })
    const running = new PerfKitProcess(project, ['doctor', '-c', '2', '-d', '60s', '--keep', 'kept', ...COMMAND])
    await eventually(
      () => project.read('requests').catch(() => ''),
      (text) => text.length > 100,
    )
    running.pressCtrlC()
    const { exitCode, shown } = await running.endedSoon()
    expect(shown).toContain('came to no verdict: it was ended before it had looked at what it had collected')
    expect(exitCode).toBe(130)
    expect(await readdir(project.directory)).toEqual(
      expect.not.arrayContaining([expect.stringContaining('node_trace')]),
    )
  })

  it.each([
    ['more than a minute', ['-d', '61s', ...COMMAND], 'looks at a minute at most'],
    ['a target that it has not started', ['http://127.0.0.1:9/'], 'Doctor starts what it looks at'],
    ['no look inside', ['--no-agent', ...COMMAND], 'without an agent nothing is known of memory'],
    ['repetitions', ['--repeat', '5', ...COMMAND], 'are of loads that nobody slows down'],
    ['nothing to start', [], 'there is nothing to drive'],
  ])('has no use for %s', async (_title, args, says) => {
    await using project = await TemporaryProject.create({ 'server.mjs': server('') })
    const { exitCode, shown } = await perfKit(project, ['doctor', '-q', ...args])
    expect(shown).toContain(says)
    expect(exitCode).toBe(2)
  })

  it('leaves traces alone that others have left, and says that they are in the way', async () => {
    await using project = await TemporaryProject.create({ 'server.mjs': server(''), 'node_trace.1.log': 'mine' })
    const { exitCode, shown } = await perfKit(project, ['doctor', '-q', '-d', '1s', ...COMMAND])
    expect(shown).toContain('node_trace.1.log is in the way of what Doctor collects')
    expect(await project.read('node_trace.1.log')).toBe('mine')
    expect(exitCode).toBe(2)
  })

  it('is told what a target said that does not start', async () => {
    await using project = await TemporaryProject.create({
      'server.mjs': "console.error('port in use'); process.exit(1)",
    })
    const { exitCode, shown } = await perfKit(project, ['doctor', '-q', '-d', '1s', ...COMMAND])
    expect(shown).toContain('before it was ready')
    expect(shown).toContain('port in use')
    expect(exitCode).toBe(3)
  })
})
