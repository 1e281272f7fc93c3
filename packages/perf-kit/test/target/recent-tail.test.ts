import { expect, it } from 'vitest'
import { RecentTail } from '../../src/target/recent-tail.ts'

const bytes = (text: string): Buffer => Buffer.from(text)

it('keeps the last of what was written, however it came', () => {
  const tail = new RecentTail(10)
  for (const piece of ['abcd', 'efgh', 'ijkl', 'mn']) tail.add(bytes(piece))
  expect(tail.text()).toBe('efghijklmn')
  tail.add(bytes('x'.repeat(30)))
  expect(tail.text()).toBe('x'.repeat(10))
  tail.add(bytes('y'))
  expect(tail.text()).toBe(`${'x'.repeat(9)}y`)
})

it('leaves out what was written long before, when that is wished', () => {
  const tail = new RecentTail(100)
  tail.add(bytes('long ago '), 1e9)
  tail.add(bytes('just now'), 60e9)
  expect(tail.text(30e9)).toBe('just now')
  expect(tail.text()).toBe('long ago just now')
  expect(tail.text(61e9)).toBe('')
})
