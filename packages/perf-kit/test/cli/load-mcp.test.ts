import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { referenceServer } from '../load/reference-server.ts'
import { perfKit } from './perf-kit-process.ts'

const BACKEND = fileURLToPath(new URL('../../../gateway/src/backend-main.ts', import.meta.url))
const config = (mcp: string): string => `export default { load: { target: {
  command: ['node', ${JSON.stringify(BACKEND)}, '--updates-per-sec', '200', '--resources', '1'],
  ready: { log: /listening on (\\S+)/ },
  mcp: ${mcp},
} } }
`

describe('perf-kit load --mcp', () => {
  it('shows each operation of a mix, sessions, progress and notifications under the whole', async () => {
    await using backend = await referenceServer('backend-main', '--updates-per-sec', '200', '--resources', '1')
    await using project = await TemporaryProject.create({})
    const { exitCode, stdout } = await perfKit(project, [
      ...['load', backend.url, '--mcp', '--mix', 'call progress {"steps":2}=3, call echo=1', '--mix', 'ping=1'],
      ...['--session-requests', '20', '--progress', '--subscribe', 'load://backend-1/1', '--seed', '7'],
      ...['-c', '2', '-d', '1500ms', '-q'],
    ])
    const mix = 'tools/call progress 60 %, tools/call echo 20 %, ping 20 %'
    expect(stdout).toContain(`${mix}, sessions of 20, with progress, subscribed to 1 · 2 clients\n`)
    expect(stdout).toMatch(/^session open +[\d.]+ .s/m)
    expect(stdout).toMatch(/^tools\/call progress +[\d.]+ .s.* [\d,]+ +0 %$/m)
    expect(stdout).toMatch(/^ping +[\d.]+ .s.* [\d,]+ +0 %$/m)
    expect(stdout).toMatch(/^[\d,]+ progress events$/m)
    expect(stdout).toMatch(/^[\d,]+ notifications arrived$/m)
    expect(stdout).toMatch(/^from publishing to arrival: p50 [\d.]+ .s · p90/m)
    expect(exitCode).toBe(0)
  })

  it('does what the configuration says of MCP, and writes it into the Run', async () => {
    await using project = await TemporaryProject.create({
      'perf-kit.config.ts': config(
        "{ mix: 'call tool-1 {\"delayMs\":60000}=1, call echo=9', cancel: '100%@50ms', progress: true, sessionRequests: 50 }",
      ),
    })
    const { exitCode, stdout } = await perfKit(project, ['load', '-c', '4', '-d', '1500ms', '-q', '--json'])
    const run = parseRun(stdout, 'stdout')
    const sessions = 'sessions of 50, with progress, 100 % cancelled after 50 ms'
    const whole = `tools/call tool-1 10 %, tools/call echo 90 %, ${sessions} · 4 clients`
    const value = (subject: string, name: string): number | undefined =>
      run.metrics.find((metric) => metric.subject === subject && metric.name === name)?.value
    expect(value(`${whole} › tools/call tool-1`, 'outcome CANCELLED')).toBeGreaterThan(0)
    expect(value(`${whole} › tools/call tool-1`, 'outcome HTTP 200')).toBeUndefined()
    expect(value(`${whole} › tools/call echo`, 'errorRatio')).toBe(0)
    expect(value(whole, 'errorRatio')).toBe(0)
    expect(value(whole, 'sessionOpenTimeP50')).toBeGreaterThan(0)
    expect(exitCode).toBe(0)
  })

  it.each([
    ['a mix that is misspelt', "{ mix: 'cal echo' }", '"cal" is no operation — did you mean "call"?'],
    ['a mix and a tool', "{ mix: 'ping', call: 'echo' }", 'call asks one thing, and mix several'],
    ['a share without a delay', "{ cancel: '5%' }", 'load.target.mcp.cancel: "5%" is no share of calls and a delay'],
    ['a version of nobody', "{ protocolVersion: '2027-01-01' }", 'load.target.mcp.protocolVersion'],
    ['a misspelt key', "{ subscibe: ['a:1'] }", 'did you mean "subscribe"?'],
  ])('refuses a configuration with %s before anything is started', async (_title, mcp, says) => {
    await using project = await TemporaryProject.create({ 'perf-kit.config.ts': config(mcp) })
    const { exitCode, shown } = await perfKit(project, ['load', '-q'])
    expect(shown).toContain(says)
    expect(exitCode).toBe(2)
  })
})
