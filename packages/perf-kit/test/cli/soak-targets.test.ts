import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { perfKit } from './perf-kit-process.ts'
import { ANSWERS, sessionsOf, soakProject } from './soak-project.ts'

describe('a soak of a target', { concurrent: true }, () => {
  it('that exits at once says so, and what it said', async () => {
    await using project = await soakProject(`console.error('no configuration'); process.exit(1)`)
    const { exitCode, shown } = await perfKit(project, ['soak', 'steady', '-d', '3s'])
    expect(shown).toContain('ended with 1 before it was ready')
    expect(shown).toContain('no configuration')
    expect(exitCode).toBe(3)
  })

  it('that would never say where it listens is not started', async () => {
    await using project = await soakProject(ANSWERS, {
      'perf-kit.config.ts': `export default { load: { target: { command: ['${process.execPath}', 'server.mjs'], ready: { log: /listening/ } } } }`,
    })
    const { exitCode, shown } = await perfKit(project, ['soak', 'steady', '-d', '3s'])
    expect(shown).toContain('load.target has no url, and its log line tells none')
    expect(exitCode).toBe(2)
    expect(await sessionsOf(project)).toEqual([])
  })

  it('that cannot be started is no reason to leave the others out', async () => {
    const exits = `if (process.argv.includes('--broken')) { console.error('port in use'); process.exit(1) }\n`
    await using project = await soakProject(`${ANSWERS}\n${exits}`.replace('server.listen', `${exits}server.listen`), {
      'soak/broken.soak.ts': `export default { about: 'broken', clients: 1, targetArguments: ['--broken'] }`,
    })
    const { exitCode, stdout, stderr } = await perfKit(project, ['soak', 'broken', 'steady', '-d', '2s', '-q'])
    expect(stderr).toMatch(/^broken: .*ended with 1 before it was ready/m)
    expect(stdout).toMatch(/steady · GET \/.*× HTTP 200/s)
    expect(exitCode).toBe(3)
  })

  it('that goes to the background ends with what it has left there, and nothing runs on', async () => {
    const forks = `import { spawn } from 'node:child_process'
      const child = spawn(process.execPath, ['background.mjs'], { stdio: ['ignore', 'pipe', 'ignore'] })
      child.stdout.on('data', (text) => (String(text).includes('enough') ? process.exit(0) : process.stdout.write(text)))`
    const enough = `let requests = 0; server.on('request', () => { if (++requests === 300) console.log('enough') })`
    await using project = await soakProject(forks, { 'background.mjs': `${ANSWERS}\n${enough}` })
    const { exitCode, stdout, shown } = await perfKit(project, ['soak', 'steady', '-d', '60s', '-q'])
    expect(shown).toContain('has to stay in the foreground')
    expect(stdout).toMatch(/× HTTP 200/)
    expect(exitCode).toBe(3)
  })

  it('that does not hear SIGTERM is ended all the same', async () => {
    await using project = await soakProject(`process.on('SIGTERM', () => undefined)\n${ANSWERS}`)
    const { exitCode, shown } = await perfKit(project, ['soak', 'steady', '-d', '2s', '-q'])
    expect([0, 4], shown).toContain(exitCode)
    await project.expectNothingLeft()
  })

  it('whose process is another one after a while goes on, and says of whom nothing is known', async () => {
    // Workers share the port; the first one ends, and another takes its place.
    const changes = `import cluster from 'node:cluster'
      if (cluster.isPrimary) {
        cluster.fork()
        cluster.on('exit', () => cluster.fork())
      } else {
        const { createServer } = await import('node:http')
        let requests = 0
        const server = createServer((request, response) => {
          response.end('hello')
          if (cluster.worker.id === 1 && ++requests === 300) process.exit(0)
        })
        server.listen(0, '127.0.0.1', () => {
          if (cluster.worker.id === 1) console.log('listening on http://127.0.0.1:' + server.address().port + '/')
        })
      }`
    await using project = await soakProject(changes)
    const { shown } = await perfKit(project, ['soak', 'steady', '-d', '4s', '-q', '--timeout', '2s'])
    expect(shown).toContain('whose memory was watched, ended while the target went on')
    const [session = ''] = await sessionsOf(project)
    const run = parseRun(await readFile(project.path(`${session}/steady/run.json`), 'utf8'), 'run.json')
    expect(run.soak?.parts).toMatchObject([{ end: 'complete' }])
  })

  it('that runs out of memory is a result, with its last words and what lay on its heap', async () => {
    const leaks = `${ANSWERS}
      const kept = []
      server.on('request', () => { for (let index = 0; index < 2000; index++) kept.push({ index, text: 'x'.repeat(50) + index }) })`
    const command = `['${process.execPath}', '--max-old-space-size=30', 'server.mjs']`
    await using project = await soakProject(leaks, {
      'perf-kit.config.ts': `export default { load: { target: { command: ${command}, ready: { log: /listening on (\\S+)/ } } } }`,
    })
    const args = ['soak', 'steady', '-d', '60s', '-q', '--snapshot-at-limit', 'kept']
    const { exitCode, shown } = await perfKit(project, args)
    expect(shown).toContain('it ran out of heap')
    expect(shown).toMatch(/what lay on its heap is in \S*kept\S*\.heapsnapshot/)
    expect([1, 3]).toContain(exitCode)
  })
})
