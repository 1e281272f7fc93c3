import { expect, it } from 'vitest'
import { LostCounter } from '../../../src/load/thread/lost-counter.ts'

it('knows a connection again, whoever has told of others meanwhile, and after it was taken', () => {
  const lost = new LostCounter()
  const [one, other] = [{}, {}]
  // One announces its end to who opens a session on it, another fails, and then the first one does.
  expect([one, other, one].map((shared) => lost.connection(shared, true))).toEqual([true, true, false])
  lost.request()
  expect(lost.take()).toEqual({ connections: 2, requests: 1 })
  expect(lost.take()).toBeUndefined()
  expect(lost.connection(one, true)).toBe(false)
  expect(lost.take()).toBeUndefined()
})

it('does not count what it is only to know again', () => {
  const lost = new LostCounter()
  const shared = {}
  expect(lost.connection(shared, false)).toBe(true)
  expect(lost.connection(shared, true)).toBe(false)
  expect(lost.take()).toBeUndefined()
})
