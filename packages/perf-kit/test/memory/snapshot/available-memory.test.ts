import { freemem } from 'node:os'
import { describe, expect, it } from 'vitest'
import {
  availableMemoryBytes,
  controlGroups,
  inactiveFileBytes,
} from '../../../src/memory/snapshot/available-memory.ts'

describe('memory that may be taken', () => {
  it('is what Node says, or more, and not more than the machine has', async () => {
    const least = process.availableMemory()
    const found = await availableMemoryBytes()
    const noise = 200e6
    expect(found).toBeGreaterThan(Math.min(least, freemem()) - noise)
    expect(found).toBeLessThan(freemem() + noise)
  })
})

describe('control groups', () => {
  it.each([
    ['of version 2', '0::/system.slice/app.service\n', ['/sys/fs/cgroup/system.slice/app.service', '/sys/fs/cgroup']],
    ['of version 2 in a container', '0::/\n', ['/sys/fs/cgroup/', '/sys/fs/cgroup']],
    [
      'of version 1',
      '5:cpu,cpuacct:/docker/a\n4:memory:/docker/a\n1:name=systemd:/docker/a\n',
      ['/sys/fs/cgroup/memory/docker/a', '/sys/fs/cgroup/memory'],
    ],
    ['that the system does not have', '', []],
  ])('are found: %s', (_title, text, folders) => {
    expect(controlGroups(text)).toEqual(folders)
  })

  it.each([
    ['of version 2', 'anon 17\nfile 9000\ninactive_file 4096\nactive_file 8\n', 4096],
    ['of version 1', 'cache 9\ninactive_file 1\ntotal_cache 9\ntotal_inactive_file 8192\n', 8192],
    ['that says nothing', '', undefined],
  ])('tell of copies of files: %s', (_title, text, bytes) => {
    expect(inactiveFileBytes(text)).toBe(bytes)
  })
})
