import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/index.ts'
import { TemporaryProject } from '../bench/temporary-project.ts'
import { recordingServer } from '../load/recording-server.ts'

const PAGE = resolve(import.meta.dirname, '../../../../docs/scaling.md')

describe('docs/scaling.md', async () => {
  const page = await readFile(PAGE, 'utf8')
  const examples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '')

  it('has a configuration that loads as it stands', async () => {
    const example = examples.find((code) => code.includes('defineConfig(')) ?? ''
    await using project = await TemporaryProject.create({ 'perf-kit.config.ts': example })
    const { config } = await loadConfig(project.directory)
    expect(config.load.target?.parameters).toEqual({ pool: ['--pool-size', '{}'], processes: ['--processes', '{}'] })
  })

  it('has a program that runs as it stands, but for shorter', async () => {
    await using server = await recordingServer()
    const example = examples.find((code) => code.includes('measureScalingPoint(')) ?? ''
    const program = example
      .replace('http://127.0.0.1:8080/', server.url)
      .replace('durationNs: 3e9, warmupNs: 1e9', 'durationNs: 0.2e9, warmupNs: 0.05e9')
    await using project = await TemporaryProject.create({ 'program.ts': program })
    const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: project.directory })
    expect(stdout).toMatch(/^most succeeded at clients /)
    expect(stdout).toMatch(/^0\.02772\d+ 0\.000104\d+ 96\.\d+ \{ low: \d+.*, high: \d+.* \} undecided$/m)
  })

  it('tells of every metric and every finding there is', async () => {
    for (const name of ['uslLambda', 'uslPeakAtLeast', 'uslFitP', 'USL_DEPARTS', 'USL_NOT_FITTED', 'LIMITED_BY']) {
      expect(page).toContain(`\`${name}\``)
    }
  })
})
