import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomically } from '../../src/baseline/index.ts'
import { storeUnwritable } from '../../src/baseline/store-error.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'perf-kit-atomic-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

describe('writeFileAtomically', () => {
  it('replaces the whole content and leaves nothing beside it', async () => {
    const file = join(directory, 'a.json')
    await writeFile(file, 'a much longer old text')
    await writeFileAtomically(file, 'new')
    expect(await readFile(file, 'utf8')).toBe('new')
    expect(await readdir(directory)).toEqual(['a.json'])
  })

  it('shows readers the old or the new text, and nothing between', async () => {
    const file = join(directory, 'a.json')
    const texts = ['a'.repeat(300_000), 'b'.repeat(300_000)]
    await writeFileAtomically(file, texts[0] ?? '')
    let writing = true
    const writer = (async () => {
      for (let round = 0; round < 20; round++) await writeFileAtomically(file, texts[round % 2] ?? '')
      writing = false
    })()
    while (writing) expect(texts).toContain(await readFile(file, 'utf8'))
    await writer
  })

  it('removes its temporary file when it fails', async () => {
    await mkdir(join(directory, 'a.json'))
    await expect(writeFileAtomically(join(directory, 'a.json'), 'new')).rejects.toMatchObject({
      code: 'STORE_UNWRITABLE',
      remedy: expect.stringContaining('has this name'),
    })
    expect(await readdir(directory)).toEqual(['a.json'])
  })
})

describe('what to do about a failed write', () => {
  const remedyFor = (code: string) => storeUnwritable('a.json', Object.assign(new Error(code), { code })).remedy

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('asks for space on %s', (code) => {
    expect(remedyFor(code)).toContain('Free some space')
  })

  it('names the user’s own way of saying another place', async () => {
    await mkdir(join(directory, 'page.html'))
    await expect(
      writeFileAtomically(join(directory, 'page.html'), 'new', 'give --html another file'),
    ).rejects.toMatchObject({
      remedy: 'Something that is not ours has this name: move it away, or give --html another file.',
    })
  })

  it.each(['EACCES', 'EPERM', 'EROFS'])('asks for access on %s', (code) => {
    expect(remedyFor(code)).toContain('write access')
  })
})
