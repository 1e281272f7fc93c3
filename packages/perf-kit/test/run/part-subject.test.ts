import { expect, it } from 'vitest'
import { partOf, partSubject } from '../../src/run/index.ts'

it('names a part within its whole, and tells it from a whole that only begins alike', () => {
  const subject = partSubject('mix · 5 clients', 'ping')
  expect(partOf('mix · 5 clients', subject)).toBe('ping')
  expect(partOf('mix · 5 client', subject)).toBeUndefined()
  expect(partOf('mix · 5 clients', 'mix · 5 clients')).toBeUndefined()
})
