import { describe, expect, it } from 'vitest'
import { PerfKitError } from '../../../src/errors/index.ts'
import { readDataFile } from '../../../src/load/index.ts'
import { TemporaryProject } from '../../bench/temporary-project.ts'

async function read(name: string, content: string | Uint8Array) {
  await using project = await TemporaryProject.create({})
  await project.writeBytes(name, content)
  return await readDataFile(project.path(name))
}

async function refusal(name: string, content: string | Uint8Array): Promise<string> {
  const error: unknown = await read(name, content).catch((cause: unknown) => cause)
  if (!(error instanceof PerfKitError)) throw new Error(`it was not refused: ${String(error)}`)
  expect(error.code).toBe('LOAD_FILE_INVALID')
  return error.message
}

describe('a CSV file', () => {
  it('has a row for each record, by the names of the first line, with the line on which it begins', async () => {
    const text = 'id,name\r\n1,Ada\r\n\r\n2,"Grace\r\n""Amazing"", Hopper"\r\n3,\r\n'
    expect(await read('users.csv', text)).toEqual({
      name: 'users.csv',
      rows: [
        { id: '1', name: 'Ada' },
        { id: '2', name: 'Grace\r\n"Amazing", Hopper' },
        { id: '3', name: '' },
      ],
      lines: [2, 4, 6],
    })
  })

  it('may begin with a mark of its encoding, and need not end with a line break', async () => {
    const { rows } = await read('users.CSV', '\uFEFFid\n1\n2')
    expect(rows).toEqual([{ id: '1' }, { id: '2' }])
  })

  it('takes a name that objects know for a name', async () => {
    const { rows } = await read('users.csv', '__proto__,constructor\n1,2\n')
    expect(Object.entries(rows[0] ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
  })

  it.each([
    ['a row that is too short', 'a,b\n1,2\n\n3\n', ':4: it has 1 values where the first line names 2 columns'],
    ['a row that is too long', 'a,b\n"x\ny",2\n1,2,3\n', ':4: it has 3 values where the first line names 2 columns'],
    ['a quote that is never closed', 'a,b\n1,2\n3,"hunter2\n4,5\n', ':3: a quote is opened and never closed'],
    ['a quote in the middle', 'a,b\n1,2\n3,hun"ter2\n', ':3: a quote stands within a value that has none around it'],
    ['something behind a quote', 'a\n"hunter2"x\n', ':2: something stands behind a closing quote'],
    ['a column without a name', 'a,,b\n1,2,3\n', ':1: the first line has a column without a name'],
    ['a name twice', 'a,b,a\n1,2,3\n', ':1: the first line names "a" twice'],
    ['a head only', 'a,b\n', ' has no rows'],
    ['nothing', '', ' is empty'],
  ])('with %s is refused, with its line and without its values', async (_title, text, says) => {
    const message = await refusal('users.csv', text)
    expect(message).toContain(`users.csv${says}`)
    expect(message).not.toContain('hunter2')
  })
})

describe('a file of JSON lines', () => {
  it('has a row for each object, with its types, and its line', async () => {
    expect(await read('users.jsonl', '{"id":1,"tags":["a"]}\n\n{"id":null}\r\n')).toEqual({
      name: 'users.jsonl',
      rows: [{ id: 1, tags: ['a'] }, { id: null }],
      lines: [1, 3],
    })
  })

  it.each([
    ['what is no JSON', '{"a":1}\n{"a":hunter2}\n', ':2 is no JSON'],
    ['what is no object', '{"a":1}\n[1]\n', ':2 is no JSON object'],
    [
      'a number that would become another',
      '{"a":1}\n{"a":[12345678901234567890]}\n',
      ':2 has a number with more digits',
    ],
    ['empty lines only', '\n\n', ' has no rows'],
  ])('with %s is refused, with its line and without its values', async (_title, text, says) => {
    const message = await refusal('users.jsonl', text)
    expect(message).toContain(`users.jsonl${says}`)
    expect(message).not.toContain('hunter2')
  })
})

describe('a file of data', () => {
  it('is refused by another ending, in another encoding and beyond 64 MiB', async () => {
    expect(await refusal('users.txt', 'a\n1')).toContain('users.txt is no file of data by its name')
    expect(await refusal('users.csv', Buffer.from('a\n\xe9\n', 'latin1'))).toContain(
      'users.csv is not written in UTF-8',
    )
    expect(await refusal('users.csv', Buffer.alloc(2 ** 26 + 1, 'a'))).toContain('users.csv has more than 64 MiB')
  })

  it('is refused where it is none', async () => {
    await using project = await TemporaryProject.create({ 'folder.csv/a': '' })
    await expect(readDataFile(project.path('folder.csv'))).rejects.toThrow('folder.csv is a folder')
    await expect(readDataFile(project.path('none.csv'))).rejects.toThrow('none.csv is not there')
    await expect(readDataFile(project.path('folder.csv/a/b.csv'))).rejects.toThrow('cannot be read (ENOTDIR)')
  })
})
