import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { prepareOha } from '../../src/load/engines/oha/oha-command.ts'
import { ohaOutcome, readFailures } from '../../src/load/engines/oha/oha-summary.ts'
import { planLoad } from '../../src/load/load-options.ts'
import { eventually } from '../bench/eventually.ts'
import { steady } from './drive.ts'
import { driveWith, engineFor, notesOf, runOf } from './engine-drive.ts'
import { OK, scriptedTarget } from './scripted-target.ts'

const answering = () => scriptedTarget(({ socket }) => socket.write(OK))

afterEach(() => vi.unstubAllEnvs())

/** A program named oha, and no other on the PATH but the shell's. */
async function fakeOha(script: string | undefined): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'kit-test-oha-'))
  if (script !== undefined) {
    await writeFile(join(folder, 'oha'), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder, 'oha'), 0o755)
  }
  vi.stubEnv('PATH', folder)
  return { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

describe('an oha that does not work', () => {
  it('is told from one that is not there', async () => {
    await using target = await answering()
    await using _nothing = await fakeOha(undefined)
    await expect(driveWith('oha', target.url)).rejects.toMatchObject({
      code: 'ENGINE_MISSING',
      remedy: expect.stringContaining('cargo install oha --locked'),
    })
  })

  it.each([
    ['ends with an error', 'echo "error: unexpected argument --db-url" >&2; exit 2', 'ended with 2; the last it said:'],
    ['prints what is no JSON', 'echo Summary:', 'printed no summary that can be read, and said nothing'],
    ['prints other JSON', 'echo "{}"', 'printed no summary that can be read'],
    ['stores nothing', `echo '{"errorDistribution":{}}'`, 'stored no requests that can be read'],
    ['prints without end', 'while :; do echo oooooooooooooooooooooooooooooooooooooooo; done', 'wrote more than'],
  ])('is an error when it %s', async (_title, script, says) => {
    await using target = await answering()
    await using _fake = await fakeOha(script)
    await expect(driveWith('oha', target.url)).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: expect.stringContaining(`the engine oha ${says}`),
    })
  })
})

it('an engine that does not end when it is told to is ended, with all that it has started', async () => {
  await using target = await answering()
  const pids = join(tmpdir(), `kit-test-pids-${process.pid}`)
  await using _fake = await fakeOha(`trap '' INT\n/bin/sleep 60 & echo $! > ${pids}; echo $$ >> ${pids}; wait; wait`)
  const interruption = new AbortController()
  const running = engineFor('oha', target.url).run(interruption.signal)
  const read = () => readFile(pids, 'utf8').catch(() => '')
  const started = await eventually(read, (text) => /^\d+\n\d+\n/.test(text))
  interruption.abort()
  const result = await running
  await rm(pids)
  expect(result.isComplete).toBe(false)
  for (const pid of started.trim().split('\n')) {
    // One that has ended has none, also when nobody has taken note of its end yet.
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).toBe('')
  }
})

it.each([
  ['was ended while it stored them', '', "trap '' INT"],
  ['told how many failed, but not what became of the others', `echo '{"errorDistribution":{}}'`, 'trap : INT'],
])('an interrupted oha whose requests cannot be read, because it %s, is no failure', async (_title, prints, trap) => {
  await using target = await answering()
  const table = join(tmpdir(), `kit-test-table-${process.pid}`)
  // Its table is the word after --db-url.
  const script = `${trap}
    while [ "$1" != --db-url ]; do shift; done
    echo half a table > "$2"; echo "$2" > ${table}
    /bin/sleep 60 & wait; ${prints === '' ? 'wait' : `kill $!; ${prints}`}`
  await using _fake = await fakeOha(script)
  const interruption = new AbortController()
  const running = engineFor('oha', target.url).run(interruption.signal)
  await eventually(
    () => readFile(table, 'utf8').catch(() => ''),
    (text) => text.endsWith('\n'),
  )
  interruption.abort()
  const result = await running
  await rm(table)
  expect(result.isComplete).toBe(false)
  const run = runOf(result)
  expect(run.validity.reasons).toContain('the run ended before its schedule did')
  expect(notesOf(run)).toContain('ENGINE_SILENT')
})

describe('what oha prints', () => {
  it.each([
    ['Connection refused (os error 111)', 'ECONNREFUSED'],
    ['Too many open files (os error 24)', 'EMFILE'],
    ['timeout', 'TIMEOUT'],
    ['connection closed before message completed', 'CLOSED'],
    ['invalid HTTP version parsed', 'OHA invalid HTTP version parsed'],
    ['something (os error 99999)', 'OHA something (os error 99999)'],
  ])('counts “%s” as %s', (said, outcome) => {
    expect(ohaOutcome(said)).toBe(outcome)
  })

  it('adds up what we count as one', () => {
    const errorDistribution = { 'a (os error 111)': 2, 'b (os error 111)': 3 }
    expect(readFailures(JSON.stringify({ errorDistribution }))).toEqual(new Map([['ECONNREFUSED', 5]]))
  })

  it('keeps a bound on kinds of failures, and counts all of them', () => {
    const entries = Array.from({ length: 200 }, (_, index) => [`port ${index}`, 1] as const)
    const counts = readFailures(JSON.stringify({ errorDistribution: Object.fromEntries(entries) }))
    expect(counts?.size).toBe(51)
    expect([...(counts?.values() ?? [])].reduce((sum, count) => sum + count, 0)).toBe(200)
  })
})

it('a query and a body are in no command line, where all users of a machine could read them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kit-test-oha-'))
  const body = new TextEncoder().encode('hunter2')
  const url = 'http://127.0.0.1/?key=hunter2'
  const plan = planLoad({ url, body, loop: 'closed', phases: steady(1, 100) })
  const words = await prepareOha({ plan, body, address: '127.0.0.1', folder })
  await rm(folder, { recursive: true })
  expect(words.join(' ')).not.toContain('hunter2')
})
