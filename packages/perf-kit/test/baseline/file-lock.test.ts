import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withFileLock } from '../../src/baseline/file-lock.ts'
import { hasEnded, ownIdentity } from '../../src/baseline/process-identity.ts'

let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'perf-kit-lock-'))
  file = join(directory, 'routing.json')
})

afterEach(() => rm(directory, { recursive: true, force: true }))

const endedPid = () => spawnSync(process.execPath, ['--version']).pid
const leaveLock = (holder: object) =>
  writeFile(`${file}.lock`, JSON.stringify({ token: '0123456789abcdef', ...holder }))
const quickly = { timeoutNs: 0.1e9 }

describe('withFileLock', () => {
  it('is held by one at a time', async () => {
    let holders = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++holders)
      await new Promise((resolve) => setTimeout(resolve, 2))
      holders--
    }
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(file, work)))
    expect(most).toBe(1)
    expect(await readdir(directory)).toEqual([])
  })

  it('says who holds it while it does', async () => {
    const holder = await withFileLock(file, () => readFile(`${file}.lock`, 'utf8'))
    expect(JSON.parse(holder)).toMatchObject(ownIdentity())
  })

  it('is let go when the work fails', async () => {
    await expect(withFileLock(file, () => Promise.reject(new Error('work failed')))).rejects.toThrow('work failed')
    expect(await readdir(directory)).toEqual([])
  })

  it('breaks the lock of a process that has ended, for one of many at a time', async () => {
    await leaveLock({ ...ownIdentity(), pid: endedPid() })
    let holders = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++holders)
      await new Promise((resolve) => setTimeout(resolve, 1))
      holders--
    }
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(file, work)))
    expect(most).toBe(1)
    expect(await readdir(directory)).toEqual([])
  })

  it('leaves a lock alone that somebody took after the dead one was broken', async () => {
    await leaveLock({ ...ownIdentity(), pid: endedPid() })
    const faster = `${file}.lock.0123456789abcdef`
    await writeFile(faster, JSON.stringify({ ...ownIdentity(), token: 'fedcba9876543210' }))
    const slower = withFileLock(file, async () => 'done', { timeoutNs: 0.5e9 })
    const refused = expect(slower).rejects.toMatchObject({ code: 'BASELINE_LOCKED' })
    // By now it has seen the dead lock, and waits for the faster one to have broken it.
    await new Promise((resolve) => setTimeout(resolve, 200))
    await leaveLock({ ...ownIdentity(), token: '00000000ffffffff' })
    await rm(faster)
    await refused
    expect(await readFile(`${file}.lock`, 'utf8')).toContain('00000000ffffffff')
  })

  it('breaks the lock of a breaker that was killed', async () => {
    const dead = { ...ownIdentity(), pid: endedPid() }
    await leaveLock(dead)
    await writeFile(`${file}.lock.0123456789abcdef`, JSON.stringify({ ...dead, token: 'fedcba9876543210' }))
    expect(await withFileLock(file, async () => 'done')).toBe('done')
    expect(await readdir(directory)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('is not fooled by a pid that another process has now', async () => {
    await leaveLock({ ...ownIdentity(), startTicks: '1' })
    expect(await withFileLock(file, async () => 'done')).toBe('done')
  })

  it('never breaks a lock from another machine, and names it', async () => {
    await leaveLock({ ...ownIdentity(), pid: endedPid(), realm: 'elsewhere' })
    await expect(withFileLock(file, async () => 'done', quickly)).rejects.toMatchObject({
      code: 'BASELINE_LOCKED',
      message: expect.stringContaining('on elsewhere'),
    })
  })

  it('never breaks what it cannot read', async () => {
    await writeFile(`${file}.lock`, 'mine')
    await expect(withFileLock(file, async () => 'done', quickly)).rejects.toMatchObject({ code: 'BASELINE_LOCKED' })
    expect(await readFile(`${file}.lock`, 'utf8')).toBe('mine')
  })

  it('sweeps away what killed writers left, and nothing else', async () => {
    for (const name of ['routing.json.1-a.tmp', 'routing.json.lock.2-b.tmp', 'other.json.1-a.tmp', 'routing.json']) {
      await writeFile(join(directory, name), '')
    }
    await withFileLock(file, async () => undefined)
    expect(await readdir(directory)).toEqual(['other.json.1-a.tmp', 'routing.json'])
  })
})

describe('hasEnded', () => {
  it('knows its own process to be alive', () => {
    expect(hasEnded(ownIdentity())).toBe(false)
  })

  it('knows a process that was reaped to have ended', () => {
    expect(hasEnded({ ...ownIdentity(), pid: endedPid() })).toBe(true)
  })

  it('does not judge a process of another machine', () => {
    expect(hasEnded({ ...ownIdentity(), pid: endedPid(), realm: 'elsewhere' })).toBe(false)
  })
})
