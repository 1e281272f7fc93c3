import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, watch, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BaselineManager } from '../../../packages/perf-kit/src/baseline/index.ts'
import {
  ENVIRONMENT,
  makeMetric,
  makeRun,
  OTHER_ENVIRONMENT,
  repeated,
  valuesAround,
} from '../../../packages/perf-kit/test/baseline/make-run.ts'
import { endChildren, startChild } from './fixtures/child.ts'

const ACCEPTED = { by: 'Ada', reason: 'first numbers', at: new Date('2026-01-02T03:04:05Z') }
const SECONDS = 1000

let directory: string
let file: string
let manager: BaselineManager

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'perf-kit-store-')), 'benchmarks')
  file = join(directory, ENVIRONMENT.id, 'routing.json')
  manager = new BaselineManager({ directory, lockTimeoutNs: 30e9 })
})

afterEach(async () => {
  await endChildren()
  await rm(dirname(directory), { recursive: true, force: true })
})

const load = (configuration = 'default') => manager.load('routing', ENVIRONMENT.id, configuration)
const stored = async () => (await load())?.metrics.map(({ subject }) => subject)
const filesBeside = () => readdir(dirname(file))

describe('6.1.2 baseline save to file', () => {
  it('writes one file for a suite in the folder of its environment, and nothing beside it', async () => {
    await manager.accept(makeRun(), ACCEPTED)
    expect(await readdir(directory)).toEqual([ENVIRONMENT.id])
    expect(await filesBeside()).toEqual(['routing.json'])
  })

  it('says who accepted the numbers, when, why, and of which code', async () => {
    await manager.accept(makeRun(), ACCEPTED)
    expect((await load())?.acceptances).toEqual([
      expect.objectContaining({
        by: 'Ada',
        at: '2026-01-02T03:04:05.000Z',
        reason: 'first numbers',
        commit: makeRun().source.commit,
        dirty: false,
      }),
    ])
  })

  it('writes the same text for the same numbers in any order, one metric a line', async () => {
    const metrics = [makeMetric({ subject: 'routing/b' }), makeMetric({ subject: 'routing/a' })]
    await manager.accept(makeRun({ metrics }), ACCEPTED)
    const text = await readFile(file, 'utf8')
    await rm(file)
    await manager.accept(makeRun({ metrics: metrics.toReversed() }), ACCEPTED)
    expect(await readFile(file, 'utf8')).toBe(text)
    expect(text.split('\n').filter((line) => line.includes('"timePerOp"'))).toHaveLength(2)
    expect(text.endsWith('}\n')).toBe(true)
  })

  it('keeps what a partial run did not measure', async () => {
    await manager.accept(makeRun({ metrics: [makeMetric(), makeMetric({ subject: 'routing/merge' })] }), ACCEPTED)
    const faster = repeated(valuesAround(50), { subject: 'routing/merge' })
    const outcome = await manager.accept(makeRun({ metrics: [faster] }), { ...ACCEPTED, reason: 'faster merge' })
    expect(outcome.keptSubjects).toEqual(['routing/lookup tools=10'])
    const baseline = await load()
    expect(baseline?.metrics.map(({ subject, value }) => [subject, Math.round(value)])).toEqual([
      ['routing/lookup tools=10', 100],
      ['routing/merge', 50],
    ])
    expect(baseline?.acceptances.map(({ reason }) => reason).toSorted()).toEqual(['faster merge', 'first numbers'])
  })

  it.each([
    ['an invalid Run', makeRun({ validity: { state: 'invalid', reasons: ['nothing was measured'] } })],
    ['a Run without metrics', makeRun({ metrics: [] })],
    [
      'numbers of a subject that failed',
      makeRun({ failures: [{ subject: makeMetric().subject, code: 'BENCH_FAILED', message: 'threw', remedy: '' }] }),
    ],
    ['a number that JSON cannot hold', makeRun({ metrics: [makeMetric({ value: Number.NaN })] })],
    ['a suite that would leave the folder', makeRun({ suite: '../../etc/passwd' })],
  ])('refuses %s, and writes nothing', async (_, run) => {
    await expect(manager.accept(run, ACCEPTED)).rejects.toMatchObject({ code: 'BASELINE_REFUSED' })
    expect(await load()).toBeUndefined()
  })

  it('lets many processes accept at once, and keeps what each of them accepted', {
    timeout: 60 * SECONDS,
  }, async () => {
    const children = ['a', 'b', 'c', 'd'].map((name) => {
      const steps = [1, 2, 3].map((round) => ({ name: `${name}${round}`, subjects: 20 }))
      return startChild('accept.ts', [directory, JSON.stringify(steps)])
    })
    await Promise.all(children.map(({ nextLine }) => nextLine()))
    for (const { go } of children) go()
    await Promise.all(children.map(({ answers }) => answers()))
    expect(await stored()).toHaveLength(4 * 3 * 20)
    expect(await filesBeside()).toEqual(['routing.json'])
  })

  it('goes on after a process was killed while it held the lock', { timeout: 60 * SECONDS }, async () => {
    await manager.accept(makeRun(), ACCEPTED)
    const before = await readFile(file, 'utf8')
    const child = startChild('hold-lock.ts', [file, '--half-written'])
    expect(await child.nextLine()).toBe('holding')
    await child.kill()
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(await filesBeside()).toHaveLength(3)

    await manager.accept(makeRun({ metrics: [makeMetric({ subject: 'routing/merge' })] }), ACCEPTED)
    expect(await stored()).toEqual(['routing/lookup tools=10', 'routing/merge'])
    expect(await filesBeside()).toEqual(['routing.json'])
  })

  it('can be read at whatever moment of its writing a writer is killed', { timeout: 120 * SECONDS }, async () => {
    await manager.accept(makeRun(), ACCEPTED)
    for (let round = 0; round < 8; round++) {
      const child = startChild('accept.ts', [directory, '[{"name":"big","subjects":4000}]'])
      await child.nextLine()
      const begun = writingBegins(dirname(file))
      child.go()
      await begun
      await delay(round)
      await child.kill()
      expect(await stored()).toContain('routing/lookup tools=10')
      await manager.accept(makeRun({ metrics: [makeMetric({ subject: `routing/after ${round}` })] }), ACCEPTED)
      expect(await stored()).toContain(`routing/after ${round}`)
      expect(await filesBeside()).toEqual(['routing.json'])
    }
  })

  it('names the live process that holds the lock, once it has waited long enough', {
    timeout: 60 * SECONDS,
  }, async () => {
    await mkdir(dirname(file), { recursive: true })
    const holder = startChild('hold-lock.ts', [file])
    expect(await holder.nextLine()).toBe('holding')
    const impatient = new BaselineManager({ directory, lockTimeoutNs: 0.2e9 })
    await expect(impatient.accept(makeRun(), ACCEPTED)).rejects.toMatchObject({
      code: 'BASELINE_LOCKED',
      message: expect.stringContaining(`process ${holder.process.pid} `),
    })
    await holder.kill()
    await impatient.accept(makeRun(), ACCEPTED)
    expect(await stored()).toHaveLength(1)
  })

  it('says that the folder cannot be made when a file has its name', async () => {
    await writeFile(directory, 'not a folder')
    await expect(manager.accept(makeRun(), ACCEPTED)).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' })
  })

  it('says that the folder cannot be written, and leaves the baseline alone', { timeout: 30 * SECONDS }, async () => {
    await manager.accept(makeRun(), ACCEPTED)
    // Root may write anywhere, so the writer becomes nobody; anybody else is kept out by the folder's mode.
    const isRoot = process.geteuid?.() === 0
    spawnSync('chmod', ['-R', isRoot ? 'go=rX' : 'a=rX', dirname(directory)])
    const child = startChild('accept.ts', [directory, '[{"name":"new","subjects":1}]', isRoot ? '--as-nobody' : ''])
    await child.nextLine()
    child.go()
    const [answer, after] = await child.answers()
    spawnSync('chmod', ['-R', 'u+rwX', dirname(directory)])
    expect(answer).toMatchObject({ code: 'STORE_UNWRITABLE', message: expect.stringContaining('EACCES') })
    expect(answer).toMatchObject({ remedy: expect.stringContaining('write access') })
    expect(after).toEqual({ subjects: 1 })
  })

  it('leaves the old file whole when a file may not grow any further', { timeout: 30 * SECONDS }, async () => {
    await manager.accept(makeRun(), ACCEPTED)
    const before = await readFile(file, 'utf8')
    const limited = ['/bin/sh', '-c', 'ulimit -f 16; exec "$0" "$@"']
    const child = startChild('accept.ts', [directory, '[{"name":"big","subjects":500}]'], limited)
    await child.nextLine()
    child.go()
    const [answer] = await child.answers()
    expect(answer).toMatchObject({ code: 'STORE_UNWRITABLE', message: expect.stringContaining('EFBIG') })
    expect(answer).toMatchObject({ remedy: expect.stringContaining('Free some space') })
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(await filesBeside()).toEqual(['routing.json'])
  })

  it.skipIf(!canMountTmpfs())('leaves the old file whole on a full disk', { timeout: 30 * SECONDS }, async () => {
    await mkdir(directory, { recursive: true })
    const onTinyDisk = [
      'unshare',
      '-rm',
      '/bin/sh',
      '-c',
      `mount -t tmpfs -o size=64k tmpfs '${directory}' && exec "$0" "$@"`,
    ]
    const steps = [
      { name: 'small', subjects: 3 },
      { name: 'big', subjects: 2000 },
      { name: 'again', subjects: 2 },
    ]
    const child = startChild('accept.ts', [directory, JSON.stringify(steps)], onTinyDisk)
    await child.nextLine()
    child.go()
    const answers = await child.answers()
    expect(answers).toEqual([
      { accepted: 'small' },
      expect.objectContaining({ code: 'STORE_UNWRITABLE', message: expect.stringContaining('ENOSPC') }),
      { accepted: 'again' },
      { subjects: 5 },
    ])
  })
})

describe('6.1.3 baseline load from file', () => {
  it('reads what was written', async () => {
    const run = makeRun()
    await manager.accept(run, ACCEPTED)
    const baseline = await load()
    expect(baseline?.metrics).toEqual(run.metrics.map((metric) => ({ ...metric, acceptance: expect.any(String) })))
    expect(baseline?.harness).toEqual(run.harness)
  })

  it('finds nothing where nothing was accepted', async () => {
    expect(await load()).toBeUndefined()
    expect(await manager.environmentsOf('routing')).toEqual([])
    await manager.accept(makeRun(), ACCEPTED)
    expect(await load('mitata')).toBeUndefined()
  })

  const damages: readonly [string, (text: string) => string, object][] = [
    ['is cut off', (text) => text.slice(0, text.length / 2), { code: 'BASELINE_CORRUPT', message: /cut off/ }],
    ['is empty', () => '', { code: 'BASELINE_CORRUPT', message: /cut off/ }],
    ['is no baseline', () => '{"hello": 1}', { code: 'BASELINE_CORRUPT', message: /not a baseline/ }],
    [
      'holds merge conflicts',
      (text) => text.replace('      "metrics"', '<<<<<<< HEAD\n      "metrics"'),
      { code: 'BASELINE_CORRUPT', message: /conflict markers/, remedy: /Finish the merge/ },
    ],
    [
      'holds a metric twice',
      (text) => text.replace(/^( {8}\{"subject".*)$/m, '$1,\n$1'),
      { code: 'BASELINE_CORRUPT', message: /appears twice: keep one line/ },
    ],
    [
      'holds a key that reaches prototypes',
      (text) => text.replace('"suite"', '"__proto__": {"polluted": true},\n  "suite"'),
      { code: 'BASELINE_CORRUPT', message: /__proto__/ },
    ],
    [
      'was written by a newer perf-kit',
      (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 2'),
      { code: 'BASELINE_VERSION', message: /newer/, remedy: /Update/ },
    ],
    [
      'was made in another environment',
      (text) => text.replaceAll(ENVIRONMENT.id, OTHER_ENVIRONMENT.id),
      { code: 'BASELINE_REFUSED', message: /was made in the environment/ },
    ],
    [
      'is the file of another suite',
      (text) => text.replace('"suite": "routing"', '"suite": "pool"'),
      { code: 'BASELINE_REFUSED', message: /holds the suite "pool"/ },
    ],
  ]

  it.each(damages)('refuses a file that %s, and does not write over it', async (_, damage, { ...expected }) => {
    await manager.accept(makeRun(), ACCEPTED)
    const damaged = damage(await readFile(file, 'utf8'))
    await writeFile(file, damaged)
    const error = await load().catch((thrown: unknown) => thrown)
    const patterns = Object.entries(expected).map(([key, value]) => [
      key,
      value instanceof RegExp ? expect.stringMatching(value) : value,
    ])
    expect(error).toMatchObject({ where: file, ...Object.fromEntries(patterns) })
    await expect(manager.accept(makeRun(), ACCEPTED)).rejects.toMatchObject({ code: Object(expected).code })
    expect(await readFile(file, 'utf8')).toBe(damaged)
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('6.1.4 multiple configuration baselines', () => {
  it('keeps a configuration of the user’s own beside the default one', async () => {
    await manager.accept(makeRun(), ACCEPTED)
    const other = repeated(valuesAround(7))
    await manager.accept(makeRun({ configuration: 'small heap', metrics: [other] }), ACCEPTED)
    expect((await load('default'))?.metrics.map(({ value }) => Math.round(value))).toEqual([100])
    expect((await load('small heap'))?.metrics.map(({ value }) => Math.round(value))).toEqual([7])
    expect(await filesBeside()).toEqual(['routing.json'])
  })

  it('keeps configurations with the names of object properties apart', async () => {
    for (const configuration of ['__proto__', 'constructor', 'toString']) {
      await manager.accept(makeRun({ configuration }), ACCEPTED)
    }
    expect((await load('__proto__'))?.name).toBe('__proto__')
    expect((await load('constructor'))?.name).toBe('constructor')
    expect(await load('default')).toBeUndefined()
  })

  it('keeps each environment in a file of its own', async () => {
    await manager.accept(makeRun(), ACCEPTED)
    await manager.accept(makeRun({ environment: OTHER_ENVIRONMENT }), ACCEPTED)
    expect(await manager.environmentsOf('routing')).toEqual([ENVIRONMENT.id, OTHER_ENVIRONMENT.id].toSorted())
    expect(await manager.environmentsOf('pool')).toEqual([])
  })

  it('keeps numbers of two measuring methods apart, and compares each Run with its own', async () => {
    const harness = { ...makeRun().harness, methodVersion: 2 }
    await manager.accept(makeRun({ metrics: [makeMetric({ subject: 'routing/old' })] }), ACCEPTED)
    await manager.accept(makeRun({ harness, metrics: [makeMetric({ subject: 'routing/new' })] }), ACCEPTED)
    expect((await load())?.harness.methodVersion).toBe(2)
    const comparison = await manager.compare(makeRun({ metrics: [makeMetric({ subject: 'routing/old' })] }))
    expect(comparison).toMatchObject({ gating: true, verdicts: [{ subject: 'routing/old', state: 'passed' }] })
  })
})

/** The moment when a file of the folder, other than a lock, is made or changed. */
async function writingBegins(folder: string): Promise<void> {
  for await (const { filename } of watch(folder)) if (filename?.includes('.lock') === false) return
}

function canMountTmpfs(): boolean {
  const probe = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()])
  return probe.status === 0
}
