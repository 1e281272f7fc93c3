import { expect, test } from 'vitest'
import { ServerTiming } from '../src/server-timing.ts'

test('the header names each part once, with its time in ms', () => {
  const timing = new ServerTiming()
  timing.add('parse', 0.0214)
  timing.add('backend', 1.2)
  timing.add('backend', 0.3)
  expect(timing.toHeader()).toBe('parse;dur=0.021, backend;dur=1.500')
})

test('says nothing about parts that did not happen', () => {
  expect(new ServerTiming().toHeader()).toBe('')
})

test('books the time of work that throws, and passes on its error', async () => {
  const timing = new ServerTiming()
  const fail = () => {
    throw new Error('no')
  }
  expect(() => timing.measure('route', fail)).toThrow('no')
  await expect(timing.measureAsync('backend', async () => fail())).rejects.toThrow('no')
  expect(timing.toHeader()).toMatch(/^route;dur=\d+\.\d{3}, backend;dur=\d+\.\d{3}$/)
})
