import { readdir } from 'node:fs/promises'
import { expect, it, vi } from 'vitest'
import { listBenchmarks } from '../../src/bench/index.ts'
import { calibrateCase, drawSeed, measureCase } from '../../src/bench/measure-case.ts'
import { settingsOf } from '../../src/bench/settings.ts'
import { benchRequestOf } from './bench-request.ts'
import { TemporaryProject, WORKING_BENCH } from './temporary-project.ts'

it('a process with a seed of its own keeps nothing of what it has compiled, which nobody would find again', async () => {
  await using project = await TemporaryProject.create({ 'benches/works.bench.ts': WORKING_BENCH })
  const request = benchRequestOf(project)
  vi.stubEnv('NODE_COMPILE_CACHE', project.path('compiled'))
  const [benchCase] = (await listBenchmarks(request)).cases
  if (benchCase === undefined) throw new Error('no benchmark')
  const context = { settings: settingsOf(request.config), rootDirectory: project.directory }
  const calibration = await calibrateCase(benchCase, context)
  const before = await readdir(project.path('compiled'))
  expect(before).toHaveLength(1)
  await measureCase(benchCase, calibration, { ...context, seed: drawSeed(() => 0.3) })
  expect(await readdir(project.path('compiled'))).toEqual(before)
})
