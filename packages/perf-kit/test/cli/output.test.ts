import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { shortConfig, TemporaryProject, WORKING_BENCH } from '../bench/temporary-project.ts'
import { MAIN, measuredSubjects, perfKit, reportOf, userEnvironment } from './perf-kit-process.ts'

const ESCAPE = '\u001B['
const named = (name: string) => WORKING_BENCH.replace('works', name)

const TWO_SUITES = {
  'benches/routing/lookup.bench.ts': `export default {
    name: 'lookup', args: { tools: [10, 2] }, setup: ({ tools }) => tools, fn: (tools, i) => Math.sqrt(i % tools),
  }`,
  'benches/pool/acquire.bench.ts': named('acquire'),
}

describe('--list', () => {
  it('names every case by suite and then as written, and measures nothing', async () => {
    await using project = await TemporaryProject.create(TWO_SUITES)
    const { exitCode, stdout, stderr } = await perfKit(project, ['bench', '--list'])
    expect(stdout).toBe('pool/acquire\nrouting/lookup tools=10\nrouting/lookup tools=2\n')
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })

  it('tells of files that cannot be read, on stderr, and fails', async () => {
    await using project = await TemporaryProject.create({ ...TWO_SUITES, 'benches/empty.bench.ts': '' })
    const { exitCode, stdout, stderr } = await perfKit(project, ['bench', '--list'])
    expect(stdout).toBe('pool/acquire\nrouting/lookup tools=10\nrouting/lookup tools=2\n')
    expect(stderr).toMatch(/^benches\/empty\.bench\.ts: has no default export, so it holds no benchmark\n {2}→ Export /)
    expect(exitCode).toBe(3)
  })
})

describe('--json', () => {
  it('prints one document and nothing else, with progress on stderr', async () => {
    await using project = await TemporaryProject.create(TWO_SUITES)
    const ended = await perfKit(project, ['bench', '--json'])
    const report = reportOf(ended)
    expect(measuredSubjects(report)).toEqual(['pool/acquire', 'routing/lookup tools=10', 'routing/lookup tools=2'])
    expect(report.runs.map(({ suite, configuration }) => [suite, configuration])).toEqual([
      ['pool', 'default'],
      ['routing', 'default'],
    ])
    expect(ended.stderr).toContain('finding benchmarks …')
    expect(ended.stdout).not.toContain(ESCAPE)
    expect(ended.exitCode).toBe(0)
  })
})

describe('words and --filter', () => {
  it('select by parts of names and files, in upper or lower case', async () => {
    await using project = await TemporaryProject.create(TWO_SUITES)
    const list = async (...args: string[]) => (await perfKit(project, ['bench', '--list', ...args])).stdout
    expect(await list('TOOLS=10')).toBe('routing/lookup tools=10\n')
    expect(await list('--filter', 'pool/', '--filter', 'tools=2')).toBe('pool/acquire\nrouting/lookup tools=2\n')
    expect(await list('acquire.bench.ts')).toBe('pool/acquire\n')
  })

  it('mean one case alone when they are its whole name, although others begin with it', async () => {
    await using project = await TemporaryProject.create({
      'benches/fan-out.bench.ts': `export default { name: 'fan-out', args: { to: [1, 10] }, fn: (_, i) => i }`,
    })
    const list = async (...args: string[]) => (await perfKit(project, ['bench', '--list', ...args])).stdout
    expect(await list('fan-out/fan-out to=1')).toBe('fan-out/fan-out to=1\n')
    expect(await list('out to=1')).toBe('fan-out/fan-out to=1\nfan-out/fan-out to=10\n')
  })

  it('leave broken files of other names out, and tell of those they name', async () => {
    await using project = await TemporaryProject.create({ ...TWO_SUITES, 'benches/broken.bench.ts': '' })
    const acquire = await perfKit(project, ['bench', '--list', 'acquire'])
    expect(acquire).toMatchObject({ stdout: 'pool/acquire\n', stderr: '', exitCode: 0 })
    const broken = await perfKit(project, ['bench', '--list', 'Broken'])
    expect(broken).toMatchObject({ stdout: '', exitCode: 3 })
    expect(broken.stderr).toContain('benches/broken.bench.ts: has no default export')
    const both = await perfKit(project, ['bench', '--list', 'Acquire', 'broken'])
    expect(both).toMatchObject({ stdout: 'pool/acquire\n', exitCode: 3 })
    const typo = await perfKit(project, ['bench', '--list', 'broken', 'aquire'])
    expect(typo).toMatchObject({ stdout: '', exitCode: 2 })
    expect(typo.stderr).toContain('did you mean "acquire"?')
  })
})

describe('several patterns of bench files', () => {
  it('name their suites each by the folder below its own root', async () => {
    await using project = await TemporaryProject.create({
      'perf-kit.config.ts': shortConfig({ include: ['benches/**/*.bench.ts', 'packages/*/perf/*.bench.ts'] }),
      'benches/pool/acquire.bench.ts': named('acquire'),
      'packages/router/perf/lookup.bench.ts': named('lookup'),
      'packages/parser/perf/lookup.bench.ts': named('lookup'),
    })
    const { stdout } = await perfKit(project, ['bench', '--list'])
    expect(stdout).toBe('parser/lookup\npool/acquire\nrouter/lookup\n')
  })
})

describe('--engine', () => {
  it('keeps its own baseline, with a configuration of its own name or the user’s', async () => {
    await using project = await TemporaryProject.create({ 'benches/pool/acquire.bench.ts': named('acquire') })
    const configurationOf = async (...args: string[]) =>
      reportOf(await perfKit(project, ['bench', '--json', '--quiet', ...args])).runs[0]?.configuration
    expect(await configurationOf('--engine', 'mitata')).toBe('mitata')
    expect(await configurationOf('--engine', 'mitata', '--configuration', 'ci')).toBe('ci-mitata')
    expect(await configurationOf('--configuration', 'ci')).toBe('ci')
  })
})

describe('--forks, --markdown and --quiet', () => {
  it('measure in that many processes, and print a Markdown table and no progress', async () => {
    await using project = await TemporaryProject.create({ 'benches/pool/acquire.bench.ts': named('acquire') })
    const { stdout, stderr, exitCode } = await perfKit(project, ['bench', '--forks', '3', '--markdown', '--quiet'])
    expect(stdout).toMatch(/\n### pool\n\n\| benchmark \| /)
    expect(stdout).toMatch(/\n\| acquire \| [\d.]+ [nµm]?s /)
    expect(stdout).toContain('only 3 of the 5 forks that a verdict needs')
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })
})

describe('--time-budget', () => {
  it('ends the run after the first round, and marks it as incomplete', async () => {
    await using project = await TemporaryProject.create(TWO_SUITES)
    const ended = await perfKit(project, ['bench', '--forks', '500', '--time-budget', '1ms', '--json', '--quiet'])
    const { runs } = reportOf(ended)
    for (const { metrics, validity } of runs) {
      expect(validity).toEqual({
        state: 'suspect',
        reasons: ['the time budget ended before all forks had run'],
      })
      for (const { evidence } of metrics) {
        if (evidence.kind === 'repetitions') expect(evidence.values).toHaveLength(1)
      }
    }
    expect(runs).toHaveLength(2)
    expect(ended.exitCode).toBe(0)
  })
})

describe('colour', () => {
  it('is left out of a pipe, and forced by FORCE_COLOR', async () => {
    await using project = await TemporaryProject.create({ 'benches/pool/acquire.bench.ts': named('acquire') })
    const plain = await perfKit(project, ['bench', '--quiet'])
    expect(plain.stdout).not.toContain(ESCAPE)
    const forced = await perfKit(project, ['bench', '--quiet'], { env: { FORCE_COLOR: '1' } })
    expect(forced.stdout).toContain(ESCAPE)
  })
})

describe('a reader that has seen enough', () => {
  it('ends the command quietly', async () => {
    await using project = await TemporaryProject.create({
      'perf-kit.config.ts': shortConfig(),
      'benches/many.bench.ts': `export default Array.from({ length: 20_000 }, (_, number) => ({
        name: \`benchmark-\${number}-\${'x'.repeat(50)}\`, fn: () => number,
      }))`,
    })
    const shell = spawn(
      '/bin/sh',
      ['-c', '{ "$0" "$@"; echo "exit code $?" >&2; } | head -1', process.execPath, MAIN, 'bench', '--list'],
      {
        cwd: project.directory,
        env: { ...userEnvironment(), TMPDIR: project.temporaryFiles },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const text = { stdout: '', stderr: '' }
    shell.stdout.on('data', (chunk) => {
      text.stdout += chunk
    })
    shell.stderr.on('data', (chunk) => {
      text.stderr += chunk
    })
    await once(shell, 'close')
    expect(text.stdout).toMatch(/^many\/benchmark-0-x+\n$/)
    expect(text.stderr).toBe('exit code 0\n')
  })
})
