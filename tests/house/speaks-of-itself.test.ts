import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { REPOSITORY, run } from './repository.ts'
import { findStrangeWords } from './strange-words.ts'

test('no file names a machine, a registry, or who wrote it with what', async () => {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'])
  const files = stdout.split('\0').filter((file) => file !== '' && basename(file) !== 'LICENSE')
  expect(files).toContain('package.json')
  const found = await Promise.all(files.map(wordsIn))
  expect(found.flat()).toEqual([])
})

test.each([
  ['https://registry', 'npmjs', 'org/zod'].join('.'),
  ['https://proxy', 'golang', 'org'].join('.'),
  ['see ', 'work', 'main/package.json'].join('/'),
  ['cd ', 'root', '.cache'].join('/'),
  ['cd ', 'home', 'somebody', 'code'].join('/'),
  `written by an ${['A', 'I'].join('')}`,
  `asked the language ${'model'}`,
  `a ${'chat'}bot said so`,
])('finds a word in `%s`', (text) => {
  expect(findStrangeWords(`first line\n${text}\n`)).toHaveLength(1)
})

test.each([
  'the workload /works/ and /rooted',
  'node_modules/.bin/work/',
  '{ "role": "assistant" }',
  'said in MAIN, retained in AIX',
])('lets `%s` pass', (text) => {
  expect(findStrangeWords(text)).toEqual([])
})

async function wordsIn(file: string): Promise<string[]> {
  let text: string
  try {
    text = await readFile(join(REPOSITORY, file), 'utf8')
  } catch {
    // Deleted and not yet committed, or a link to a folder.
    return []
  }
  return findStrangeWords(text).map((found) => `${file}:${found}`)
}
