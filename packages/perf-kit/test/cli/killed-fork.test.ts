import { describe, expect, it } from 'vitest'
import { eventually } from '../bench/eventually.ts'
import { processesOf } from '../bench/running-processes.ts'
import { TemporaryProject, WORKING_BENCH } from '../bench/temporary-project.ts'
import { PerfKitProcess } from './perf-kit-process.ts'

const VICTIM = `
  const setup = () => process.argv[2].includes('"mode":"measure"') && new Promise((end) => setTimeout(end, 60_000))
  export default { name: 'victim', setup, fn: (_, iteration) => iteration }
`

describe('a fork that something outside kills', () => {
  it('is told with its signal, and the others are measured', async () => {
    await using project = await TemporaryProject.create({
      'benches/victim.bench.ts': VICTIM,
      'benches/works.bench.ts': WORKING_BENCH,
    })
    const perfKitProcess = new PerfKitProcess(project, ['bench', '--quiet'])
    const [victim] = await eventually(
      async () =>
        (await processesOf(project.home)).filter(
          ({ commandLine }) => commandLine.includes('"mode":"measure"') && commandLine.includes('"name":"victim"'),
        ),
      (found) => found.length > 0,
    )
    if (victim === undefined) throw new Error('the fork has not appeared')
    process.kill(victim.pid, 'SIGKILL')

    const { exitCode, shown } = await perfKitProcess.ended
    expect(shown).toContain('✗ victim/victim: its process was ended by SIGKILL Something outside ended it; look at')
    expect(shown).toMatch(/ works [\d.]+ [nµm]?s /)
    expect(exitCode).toBe(3)
    await project.expectNothingLeft()
  })
})
