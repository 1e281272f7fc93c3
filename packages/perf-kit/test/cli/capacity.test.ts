import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { capacitySentence } from '../../src/report/index.ts'
import { parseRun } from '../../src/run/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { LIMITED_SERVER, type LimitedOptions, limitedArgs, limitedTarget } from '../throughput/limited-target.ts'
import { PerfKitProcess, perfKit } from './perf-kit-process.ts'

const QUICK = ['--trial', '500ms', '--max-duration', '30s', '--precision', '20%']
/** Found out in four trials. */
const UP_TO_90 = [...QUICK, '--objective', 'p50<20s', '--start-rate', '40/s', '--max-rate', '90/s']

/** With a target that it starts itself. */
async function projectOf(limits: LimitedOptions): Promise<TemporaryProject> {
  const command = [process.execPath, fileURLToPath(LIMITED_SERVER), ...limitedArgs(limits)]
  return await TemporaryProject.create({
    'perf-kit.config.ts': `export default { load: { target: {
      command: ${JSON.stringify(command)}, ready: { log: /listening on (\\S+)/ }, budgets: { p90: '3s', goodput: '5/s' },
    } } }`,
  })
}

describe('perf-kit capacity', () => {
  it('says the answer in a sentence, and shows every trial, in any form', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await limitedTarget({ mode: 'queue', rate: 300 })
    const args = ['capacity', target.url, ...QUICK, '--objective', 'p50<20s,errors<2%', '--json', '--html', 'page.html']
    const { exitCode, stdout, stderr } = await perfKit(project, args)
    const run = parseRun(stdout, 'stdout')
    expect(exitCode, stderr).toBe(run.validity.state === 'invalid' ? 3 : 0)
    const sentence = capacitySentence(run) ?? ''
    expect(sentence).toMatch(/^The capacity is /)
    const [clients, ...others] = stderr.split('\n')
    expect(clients).toMatch(/^clients: [\d.,]+\/s, p99 /)
    expect(others.filter((line) => /^[\d.,]+\/s: (met|broken|undecided|unusable), p99 /.test(line))).toHaveLength(
      (run.capacity?.trials.length ?? 0) - 1,
    )
    expect(stderr).toContain('the page is in page.html')
    expect(await project.read('page.html')).toContain('<strong>The capacity is ')
    await project.write({ 'run.json': stdout })
    const shown = await perfKit(project, ['report', 'run.json'])
    expect(shown.stdout).toMatch(/^GET \/ · p50<20s,errors<2%\nThe capacity is /)
    expect(shown.shown).toContain(sentence)
    expect(shown.stdout).toContain(`${run.capacity?.trials.length} trials in `)
    const markdown = await perfKit(project, ['report', 'run.json', '--markdown'])
    expect(markdown.stdout).toContain('| rate | offered | achieved |')
  })

  it('starts and ends the target of the configuration, and looks inside', async () => {
    await using project = await projectOf({ mode: 'queue', rate: 100_000 })
    const args = ['capacity', ...QUICK, '--trial', '1500ms', '--start-rate', '80', '--max-rate', '90', '--json', '-q']
    const { exitCode, stdout, stderr } = await perfKit(project, args)
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toBe('')
    const { capacity } = parseRun(stdout, 'stdout')
    expect(capacity?.subject).toBe('GET / · p90<3s')
    expect(capacity?.answer).toMatchObject({ kind: 'atLeast', perSec: 90 })
    expect(capacity?.trials.some(({ targetCpuRatio }) => (targetCpuRatio ?? 0) > 0)).toBe(true)
  })

  it('exits with 1 where nothing keeps to the objective, and says what was seen', async () => {
    await using project = await TemporaryProject.create({})
    // So slow that a busy machine cannot be the reason.
    await using target = await limitedTarget({ mode: 'queue', rate: 100_000, delayMs: 400 })
    const args = ['capacity', target.url, ...QUICK, '-q', '--objective', 'p50<5ms', '--start-rate', '50']
    const { exitCode, shown } = await perfKit(project, args)
    expect(shown).toMatch(
      /The target does not keep to p50 ≤ 5ms at any rate that was tried, not even at 40\/s: p50 was [\d.]+ ms, of 5 ms allowed/,
    )
    expect(exitCode).toBe(1)
  })

  it('exits with 3 where the target ends on the way, and says what it did before, and what it said last', async () => {
    await using project = await projectOf({ mode: 'queue', rate: 100_000, fallsAfter: 75 })
    const { exitCode, shown } = await perfKit(project, ['capacity', ...UP_TO_90, '-q', '--no-agent'])
    expect(shown).toContain(
      'The capacity is at least 40/s: there the target keeps to p50 ≤ 20s, and the target fell over at 80/s',
    )
    expect(shown).toMatch(
      /invalid: ! the target fell over at 80\/s .* and has ended; the last it said: .*too much for me/,
    )
    expect(exitCode).toBe(3)
  })

  it('shows what is known when it is interrupted, and exits with 130', async () => {
    await using project = await TemporaryProject.create({})
    await using target = await limitedTarget({ mode: 'queue', rate: 100_000 })
    const running = new PerfKitProcess(project, [
      'capacity',
      target.url,
      '--trial',
      '1s',
      '--objective',
      'p50<20s',
      '--start-rate',
      '20',
    ])
    await expect.poll(() => running.stderr, { timeout: 30_000 }).toContain('40/s: met')
    running.pressCtrlC()
    const { exitCode, stdout, stderr } = await running.endedSoon()
    expect(stderr).toContain('interrupted: showing what is known')
    expect(stdout).toMatch(/The capacity is at least \d+\/s/)
    expect(stdout).toContain('it was ended before the search was done')
    expect(exitCode).toBe(130)
  })
})
