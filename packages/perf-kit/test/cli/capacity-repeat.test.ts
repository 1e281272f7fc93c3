import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { LIMITED_SERVER, limitedArgs } from '../throughput/limited-target.ts'
import { perfKit } from './perf-kit-process.ts'

it('searches as often as it is wished, each time with the target started anew, and says what each has found', async () => {
  const command = [process.execPath, fileURLToPath(LIMITED_SERVER), ...limitedArgs({ mode: 'queue', rate: 100_000 })]
  await using project = await TemporaryProject.create({
    'perf-kit.config.ts': `export default { load: { target: {
      command: ${JSON.stringify(command)}, ready: { log: /listening on (\\S+)/ },
    } } }`,
  })
  const rates = ['--start-rate', '45', '--max-rate', '50', '--max-trials', '4']
  const args = ['capacity', '--repeat', '2', '--trial', '500ms', '--objective', 'p50<20s', ...rates, '-q', '--no-agent']
  const { shown } = await perfKit(project, args)
  expect(shown).toMatch(/^GET \/ · p50<20s /)
  expect(shown).toContain('2 repetitions: figures are of all of them together')
  expect(shown.match(/The capacity is (at least \d+\/s|not known)/g)?.length).toBeGreaterThan(0)
  expect(shown).toContain('perf-kit capacity --repeat 5 --accept')
})
