import { spawn, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { MAIN, userEnvironment } from './perf-kit-process.ts'
import { ANSWERS, soakProject } from './soak-project.ts'

/** Soaks with its record on a disk that has room for some seconds only, and shows what is left there. */
const ON_SMALL_DISK = `
  mkdir small && mount -t tmpfs -o size=28k tmpfs small || exit 99
  "$0" "$@" --record small >out 2>err; echo "exit code $?"
  cat small/*/steady/journal-*.jsonl
`

function canMountTmpfs(): boolean {
  return spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0
}

it.skipIf(!canMountTmpfs())(
  'ends the load in order on a disk that fills up, keeps what was recorded, and says what is missing',
  async () => {
    await using project = await soakProject(ANSWERS)
    const words = [process.execPath, MAIN, 'soak', 'steady', '-d', '600s']
    const child = spawn('unshare', ['-rm', '/bin/sh', '-c', ON_SMALL_DISK, ...words], {
      cwd: project.directory,
      env: { ...userEnvironment(), TMPDIR: project.temporaryFiles },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let shown = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
    })
    await new Promise((resolve) => child.once('close', resolve))
    const [first = '', ...rest] = shown.split(/(?<=exit code \d+\n)/)
    expect(first).toBe('exit code 3\n')
    const lines = rest
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const seconds = lines.filter(({ type }) => type === 'second')
    expect(seconds.length).toBeGreaterThanOrEqual(1)
    expect(seconds.map(({ at }) => at)).toEqual(seconds.map((_, index) => index))
    const err = await project.read('err')
    expect(err).toMatch(/cannot be written: ENOSPC.*the load was stopped; [1-9]\d* s of it are not in the record/)
    const out = (await project.read('out')).replaceAll(/\s+/g, ' ')
    expect(out).toMatch(/it ended after \d+ s of 600 s, and \d+ s are missing: .*ENOSPC/)
    expect(out).toContain('× HTTP 200')
  },
)
