import { expect, it } from 'vitest'
import { StringTable } from '../../../src/memory/snapshot/string-table.ts'

const TEXT = Buffer.from('"one", "two","th\\u0072ee"]')

it('keeps what is wanted, in as many bytes as there can be', () => {
  const table = new StringTable(TEXT.length, Uint8Array.of(0, 1, 1))
  expect(table.scan(TEXT, 0)).toBe(TEXT.length)
  expect(table.isDone).toBe(true)
  expect([table.text(1), table.text(2)]).toEqual(['two', 'three'])
  expect(() => table.text(0)).toThrow('was not kept')
})

it('refuses a list that has become longer than its file was, rather than cut its texts off', () => {
  expect(() => new StringTable(5).scan(TEXT, 0)).toThrow('it has become longer while it was read')
})
