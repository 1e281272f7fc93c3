import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { LIMITED_SERVER, limitedArgs } from '../throughput/limited-target.ts'
import { perfKit } from './perf-kit-process.ts'

/** @param delayMs - which it takes for each */
async function projectOf(delayMs?: number): Promise<TemporaryProject> {
  const limits = limitedArgs({ mode: 'queue', rate: 100_000, ...(delayMs === undefined ? {} : { delayMs }) })
  const command = [process.execPath, fileURLToPath(LIMITED_SERVER), ...limits]
  return await TemporaryProject.create({
    'perf-kit.config.ts': `export default { load: { target: {
      command: ${JSON.stringify(command)}, ready: { log: /listening on (\\S+)/ },
    } } }`,
  })
}

it('searches as often as it is wished, each time with the target started anew, and says what each has found', async () => {
  await using project = await projectOf()
  const rates = ['--start-rate', '45', '--max-rate', '50', '--max-trials', '4']
  const args = ['capacity', '--repeat', '2', '--trial', '500ms', '--objective', 'p50<20s', ...rates, '-q', '--no-agent']
  const { shown } = await perfKit(project, args)
  expect(shown).toMatch(/^GET \/ · p50<20s /)
  expect(shown).toContain('2 repetitions: figures are of all of them together')
  expect(shown.match(/The capacity is (at least \d+\/s|not known)/g)?.length).toBeGreaterThan(0)
  expect(shown).toContain('perf-kit capacity --repeat 5 --accept')
})

it('exits with 1 where one of the searches finds no rate that is kept to', async () => {
  // So slow that a busy machine cannot be the reason.
  await using project = await projectOf(400)
  const rates = ['--start-rate', '45', '--max-rate', '50', '--max-trials', '4']
  const args = ['capacity', '--repeat', '2', '--trial', '500ms', '--objective', 'p50<5ms', ...rates, '-q', '--no-agent']
  const { shown, exitCode } = await perfKit(project, args)
  expect(shown).toContain('does not keep to p50 ≤ 5ms at any rate that was tried')
  expect(exitCode).toBe(1)
})
