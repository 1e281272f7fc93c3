import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
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
    await using target = await limitedTarget({ rate: 300 })
    const args = ['capacity', target.url, ...QUICK, '--objective', 'p99<20s,errors<2%', '--json', '--html', 'page.html']
    const { exitCode, stdout, stderr } = await perfKit(project, args)
    expect(exitCode, stderr).toBe(0)
    const run = parseRun(stdout, 'stdout')
    expect(run.capacity?.trials.length).toBeGreaterThan(3)
    expect(stderr).toMatch(/^clients: [\d.,]+\/s, p99 /m)
    expect(stderr).toMatch(/^[\d.,]+\/s: met, p99 /m)
    expect(stderr).toMatch(/^[\d.,]+\/s: (broken|unusable), p99 .+ \(.+\)$/m)
    expect(stderr).toContain('the page is in page.html')
    expect(await project.read('page.html')).toContain('The capacity is ')
    await project.write({ 'run.json': stdout })
    const shown = await perfKit(project, ['report', 'run.json'])
    expect(shown.stdout).toMatch(/^GET \/ · p99<20s,errors<2%\nThe capacity is (at least )?[\d.,]+\/s/)
    expect(shown.stdout).toContain(`${run.capacity?.trials.length} trials in `)
    const markdown = await perfKit(project, ['report', 'run.json', '--markdown'])
    expect(markdown.stdout).toContain('| rate | offered | achieved |')
  })

  it('starts and ends the target of the configuration, and looks inside', async () => {
    await using project = await projectOf({ rate: 100_000 })
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
    await using target = await limitedTarget({ rate: 100_000, delayMs: 50 })
    const args = ['capacity', target.url, ...QUICK, '-q', '--objective', 'p50<5ms', '--start-rate', '50']
    const { exitCode, shown } = await perfKit(project, args)
    expect(shown).toMatch(
      /The target does not keep to p50 ≤ 5ms at any rate that was tried, not even at 40\/s: p50 was [\d.]+ ms, of 5 ms allowed/,
    )
    expect(exitCode).toBe(1)
  })

  it('exits with 3 where the target ends on the way, and says what it did before, and what it said last', async () => {
    await using project = await projectOf({ rate: 100_000, fallsAfter: 75 })
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
    await using target = await limitedTarget({ rate: 100_000 })
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

describe.concurrent('perf-kit capacity', () => {
  it.each([
    ['a misspelt objective', ['--objective', 'eror<1%'], 'there is no objective "eror" — did you mean "errors"?'],
    ['an objective twice', ['--objective', 'p99<1s,p99<2s'], 'p99 is limited twice'],
    ['an objective without a limit', ['--objective', 'p99'], '"p99" is no limit; write an objective such as'],
    ['no objective', ['--objective', ''], 'is no limit'],
    ['an objective that no number shows', ['--objective', 'errors<0%'], 'no number of requests shows'],
    ['an objective without time', ['--objective', 'p99<0ms'], '"0ms" is no duration'],
    ['a precision without its sign', ['--precision', '3'], 'Write a share such as 3%.'],
    ['a precision of nothing', ['--precision', '0%'], 'a precision must be from 0.5 % to 50 %'],
    ['a rate of nothing', ['--start-rate', '0'], 'Write a rate above 0'],
    [
      'a first rate above the highest',
      ['--start-rate', '9', '--max-rate', '5'],
      'the first rate, 9/s, is above the highest, 5/s',
    ],
    ['less time than it takes', ['--max-duration', '3s'], 'the whole must last as long as 4 trials'],
    ['too few trials', ['--max-trials', '3'], 'trials must be a whole number from 4 to 100'],
    ['a budget', ['--budget', 'p99=1s'], 'Give the limits as --objective.'],
    ['what load knows and capacity does not', ['--rate', '10'], "unknown option '--rate'"],
  ])('refuses %s', async (_title, args, message) => {
    await using project = await TemporaryProject.create({})
    const { exitCode, shown } = await perfKit(project, ['capacity', 'http://127.0.0.1:1/', ...args])
    expect(shown).toContain(message)
    expect(exitCode).toBe(2)
  })
})
