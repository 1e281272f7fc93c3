import { beforeAll, describe, expect, it } from 'vitest'
import { TemporaryProject, WORKING_BENCH } from '../bench/temporary-project.ts'
import { ExampleBaseline } from './example-baseline.ts'
import { type Ended, perfKit } from './perf-kit-process.ts'

const FILES = { 'benches/works.bench.ts': WORKING_BENCH }
const OTHER_SUITE = { 'benches/other/other.bench.ts': WORKING_BENCH.replace('works', 'other') }
const RESTORE = 'Restore it from version control, or delete it and accept a new baseline.'

let example: ExampleBaseline

beforeAll(async () => {
  example = await ExampleBaseline.accept(FILES, 'works')
})

interface Damage {
  readonly what: string
  readonly damage: (text: string) => string
  readonly says: RegExp
  readonly remedy: string
  readonly exitCode: number
}

const DAMAGES: readonly Damage[] = [
  {
    what: 'is truncated',
    damage: (text) => text.slice(0, text.length / 2),
    says: /works\.json is cut off or damaged: /,
    remedy: RESTORE,
    exitCode: 3,
  },
  {
    what: 'was written by a newer perf-kit',
    damage: (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 7'),
    says: /works\.json has schema version 7, and this perf-kit reads version 1: a newer perf-kit wrote it/,
    remedy: 'Update perf-kit.',
    exitCode: 3,
  },
  {
    what: 'holds a key that reaches prototypes',
    damage: (text) => text.replace('"suite"', '"__proto__": { "polluted": true },\n  "suite"'),
    says: /works\.json holds the key "__proto__", which no document of ours has/,
    remedy: 'Restore the file from version control; somebody or something has tampered with it.',
    exitCode: 3,
  },
  {
    what: 'was copied from another environment',
    damage: (text) => text.replaceAll(example.environmentId, 'other-machine'),
    says: /works\.json was made in the environment other-machine and lies in the folder of /,
    remedy: 'Move it back to where it was made; accept a baseline of this environment with its own numbers.',
    exitCode: 2,
  },
]

describe('a stored baseline that cannot be used', () => {
  it.each(DAMAGES)('is told once and left alone, and what was measured is shown: it $what', async (damaged) => {
    const text = damaged.damage(example.text)
    await using project = await TemporaryProject.create({ ...FILES, [example.file]: text })
    const ended = await perfKit(project, ['bench', '--quiet'])
    expect(ended.shown).toMatch(damaged.says)
    expect(ended.shown.match(new RegExp(damaged.says, 'g'))).toHaveLength(1)
    expect(ended.shown).toContain(damaged.remedy)
    expectRows(ended, 'works')
    expect(ended.exitCode).toBe(damaged.exitCode)
    expect(await project.read(example.file)).toBe(text)
  })

  it('is not written over by --accept, which stores the other suites', async () => {
    const text = example.text.slice(0, 100)
    await using project = await TemporaryProject.create({ ...FILES, ...OTHER_SUITE, [example.file]: text })
    const ended = await perfKit(project, ['bench', '--quiet', '--accept', '--reason', 'again'])
    expect(ended.stderr).toMatch(/^accepted 1 benchmarks of other into .+other\.json$/m)
    expect(ended.stderr).toMatch(/^perf-kit: works is not accepted: .+works\.json is cut off or damaged/m)
    expect(ended.stderr).toContain(`→ ${RESTORE}`)
    expectRows(ended, 'works', 'other')
    expect(ended.exitCode).toBe(3)
    expect(await project.read(example.file)).toBe(text)
    expect(await project.read(example.file.replace('works.json', 'other.json'))).toContain('"reason":"again"')
  })
})

describe('a baseline of another environment', () => {
  it('is shown as advice, with what differs, and fails no build', async () => {
    const elsewhere = example.text
      .replaceAll(example.environmentId, 'other-machine')
      .replace(/"cpuModel":"[^"]*"/, '"cpuModel":"Z80"')
    const file = example.file.replace(example.environmentId, 'other-machine')
    await using project = await TemporaryProject.create({ ...FILES, [file]: elsewhere })
    const { exitCode, shown } = await perfKit(project, ['bench', '--quiet'])
    expect(shown).toMatch(/advice only, it fails no build: the baseline is from another environment: [^.]*Z80/)
    expect(shown).toContain('make a baseline of this environment with perf-kit bench --accept')
    expect(exitCode).toBe(0)
  })
})

function expectRows({ shown }: Ended, ...names: readonly string[]): void {
  for (const name of names) expect(shown).toMatch(new RegExp(` ${name} [\\d.]+ [nµm]?s `))
}
