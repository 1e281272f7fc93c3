import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ControlGroup } from '../../src/target/index.ts'
import { script } from './agent/agent-target.ts'
import { crashing, endOf, startCrashing } from './crashing-target.ts'

const MIB = 2 ** 20
/** What the first version says where there is no limit. */
const NONE_V1 = '9223372036854771712'

describe('the control group of a process', () => {
  it('has the lowest limit of its own and of those above it (version 2)', async () => {
    await using system = await systemOf({
      'proc/7/cgroup': '0::/outer/inner\n',
      'proc/vmstat': 'pgfault 12\noom_kill 5\n',
      'groups/outer/memory.max': `${300 * MIB}\n`,
      'groups/outer/memory.events': 'oom 1\noom_kill 4\n',
      'groups/outer/inner/memory.max': 'max\n',
      'groups/outer/inner/memory.events': 'low 0\noom 0\noom_kill 2\noom_group_kill 9\n',
    })
    const group = ControlGroup.of(7, system.folders)
    expect(group.limitBytes()).toBe(300 * MIB)
    expect(group.kernelKills()).toEqual({ group: 2, groupLimitHits: 1, machine: 5 })
  })

  it('is told in other files by version 1, beside groups of other kinds', async () => {
    await using system = await systemOf({
      'proc/7/cgroup': '9:name=systemd:/\n4:memory:/outer/inner\n3:cpuset:/\n0::/\n',
      'groups/memory/memory.limit_in_bytes': NONE_V1,
      'groups/memory/outer/memory.limit_in_bytes': NONE_V1,
      'groups/memory/outer/inner/memory.limit_in_bytes': `${200 * MIB}`,
      'groups/memory/outer/inner/memory.failcnt': '17',
      'groups/memory/outer/inner/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
    })
    const group = ControlGroup.of(7, system.folders)
    expect(group.limitBytes()).toBe(200 * MIB)
    expect(group.kernelKills()).toEqual({ group: 3, groupLimitHits: 17, machine: undefined })
  })

  it('is the root to a container that sees no other', async () => {
    await using system = await systemOf({
      'proc/7/cgroup': '0::/kubepods/pod17/container\n',
      'groups/memory.max': `${100 * MIB}`,
      'groups/memory.events': 'oom_kill 0',
    })
    expect(ControlGroup.of(7, system.folders).limitBytes()).toBe(100 * MIB)
    expect(ControlGroup.of(7, system.folders).kernelKills().group).toBe(0)
  })

  it.each([
    ['no limit', { 'proc/7/cgroup': '0::/a', 'groups/a/memory.max': 'max' }],
    ['no such process', {}],
    ['no control groups', { 'proc/7/cgroup': '' }],
    ['what is none', { 'proc/7/cgroup': '0::/a', 'groups/a/memory.max': 'a lot' }],
  ])('has no limit that is known where there is %s', async (_title, files) => {
    await using system = await systemOf(files)
    const group = ControlGroup.of(7, system.folders)
    expect(group.limitBytes()).toBeUndefined()
    expect(group.kernelKills()).toMatchObject({ groupLimitHits: undefined, machine: undefined })
  })

  it('is that of this process, whatever this machine has', () => {
    const { group, machine } = ControlGroup.of(process.pid).kernelKills()
    for (const kills of [group, machine]) expect(kills ?? 0).toBeGreaterThanOrEqual(0)
  })
})

describe('a target in a control group of 96 MiB', () => {
  it('is known to have been killed by the kernel when it takes more', async ({ skip }) => {
    const folder = makeGroup()
    if (folder === undefined) {
      skip('this user may make no control group that limits memory')
      return
    }
    const takes = `const kept = []; setInterval(() => kept.push(Buffer.alloc(4e6, 1)), 1)`
    const source = `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'cgroup.procs'))}, String(process.pid))
      ${crashing('quiet exit').replace('process.exit(0)', takes)}`
    try {
      await using target = await startCrashing('quiet exit', { command: script(source) })
      expect(ControlGroup.of(target.pid).limitBytes()).toBe(96 * MIB)
      const end = await endOf(target)
      expect(end).toMatchObject({ kind: 'killed by the kernel', signal: 'SIGKILL' })
      expect(end.because).toContain('its control group had come to its memory limit')
      expect(end.remedy).toContain('--max-old-space-size')
    } finally {
      await removeGroup(folder)
    }
  })
})

/** @returns `undefined` where this user may not make one, or memory is not among what its groups limit */
function makeGroup(): string | undefined {
  const name = `perf-kit-test-${process.pid}`
  for (const [root, limit, swap] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes', 'memory.swappiness'],
    ['/sys/fs/cgroup', 'memory.max', 'memory.swap.max'],
  ] as const) {
    const folder = join(root, name)
    try {
      mkdirSync(folder)
      writeFileSync(join(folder, limit), String(96 * MIB))
      try {
        writeFileSync(join(folder, swap), '0')
      } catch {
        // A system without swap.
      }
      return folder
    } catch {
      try {
        rmdirSync(folder)
      } catch {
        // It was not made.
      }
    }
  }
  return undefined
}

/** Whoever was in it may take a moment to leave. */
async function removeGroup(folder: string): Promise<void> {
  await expect.poll(() => isRemoved(folder)).toBe(true)
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

/** A folder of what a system tells, by path. */
async function systemOf(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), 'perf-kit-groups-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), text)
  }
  return {
    folders: { processes: join(path, 'proc'), groups: join(path, 'groups') },
    [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }),
  }
}
