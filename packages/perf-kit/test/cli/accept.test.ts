import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startChild } from '../../../../tests/performance/baseline/fixtures/child.ts'
import { TemporaryProject, WORKING_BENCH } from '../bench/temporary-project.ts'
import { ExampleBaseline } from './example-baseline.ts'
import { MAIN, perfKit, userEnvironment } from './perf-kit-process.ts'

const FILES = { 'benches/works.bench.ts': WORKING_BENCH }

describe('--accept', () => {
  it('goes on where a process died with the lock in its hand, and says who accepted what and why', async () => {
    const { file } = await ExampleBaseline.accept(FILES, 'works')
    await using project = await TemporaryProject.create({ ...FILES, [`${dirname(file)}/note.txt`]: '' })
    const holder = startChild('hold-lock.ts', [project.path(file)])
    expect(await holder.nextLine()).toBe('holding')
    await holder.kill()
    expect(await project.read(`${file}.lock`)).toContain('"pid"')

    const accept = ['bench', '--quiet', '--accept', '--reason', 'first numbers', '--author', 'Ada']
    const { exitCode, stderr } = await perfKit(project, accept)
    expect(stderr).toBe(`accepted 1 benchmarks of works into ${project.path(file)}\n`)
    expect(exitCode).toBe(0)
    expect(await project.read(file)).toMatch(/"by":"Ada",.*"reason":"first numbers"/)
    await expect(project.read(`${file}.lock`)).rejects.toThrow('ENOENT')
  })

  it('refuses when nothing was measured', async () => {
    await using project = await TemporaryProject.create({ 'benches/works.bench.ts': 'throw new Error("broken")' })
    const { exitCode, shown } = await perfKit(project, ['bench', '--quiet', '--accept'])
    expect(shown).toContain('cannot be loaded: Error: broken')
    expect(shown).toContain(
      'perf-kit: nothing was measured, so there is nothing to accept → Mend the benchmarks first.',
    )
    expect(exitCode).toBe(2)
  })
})

/** Accepts on a small disk, fills it but for what a lock needs, accepts again, makes it read-only, accepts a third time; says how each ended. */
const ON_SMALL_DISK = `
  mkdir benchmarks && mount -t tmpfs -o size=64k tmpfs benchmarks || exit 99
  accept() { "$0" "$1" bench --quiet --accept --reason "$2" >"$2.out" 2>"$2.err"; echo "$2 $?"; }
  accept "$1" first
  cp benchmarks/*/works.json before.json
  cat /dev/zero >benchmarks/filler 2>/dev/null
  truncate -s -4096 benchmarks/filler
  accept "$1" full
  cmp before.json benchmarks/*/works.json && ls benchmarks/*/
  rm benchmarks/filler
  mount -o remount,ro benchmarks
  accept "$1" readonly
  cmp before.json benchmarks/*/works.json
  mount -o remount,rw benchmarks
  accept "$1" again
`

describe.skipIf(!canMountTmpfs())('--accept on a disk that takes nothing', () => {
  it('leaves the old baseline as it was, tells what to do, and works again when there is room', async () => {
    await using project = await TemporaryProject.create(FILES)
    const { stdout, status } = spawnSync('unshare', ['-rm', '/bin/sh', '-c', ON_SMALL_DISK, process.execPath, MAIN], {
      cwd: project.directory,
      env: { ...userEnvironment(), TMPDIR: project.temporaryFiles },
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(stdout).toBe('first 0\nfull 3\nworks.json\nreadonly 3\nagain 0\n')
    for (const [attempt, message, remedy] of [
      ['full', 'ENOSPC', 'Free some space on that disk (or raise the quota or file-size limit), then try again.'],
      ['readonly', 'EROFS', 'Give this user write access to the folder, or name another one as baselines.directory'],
    ] as const) {
      const stderr = await project.read(`${attempt}.err`)
      expect(stderr).toMatch(/^perf-kit: works is not accepted: \S+works\.json\S* cannot be written: /)
      expect(stderr).toContain(message)
      expect(stderr).toContain(`\n  → ${remedy}`)
      expect(await project.read(`${attempt}.out`)).toMatch(/^works +[\d.]+ [nµm]?s /m)
    }
  })
})

describe('a result that cannot be written', () => {
  it('is no verdict: the exit code says that something failed, and stderr what', async () => {
    await using project = await TemporaryProject.create(FILES)
    const { status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', '"$0" "$@" >/dev/full', process.execPath, MAIN, 'bench', '--list'],
      {
        cwd: project.directory,
        env: { ...userEnvironment(), TMPDIR: project.temporaryFiles },
        encoding: 'utf8',
      },
    )
    expect(stderr).toMatch(
      /^perf-kit: the result cannot be written to stdout: ENOSPC.*\n {2}→ Free some space on that disk, /,
    )
    expect(status).toBe(3)
  })
})

function canMountTmpfs(): boolean {
  return spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0
}
