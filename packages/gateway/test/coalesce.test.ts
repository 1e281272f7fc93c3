import { expect, test } from 'vitest'
import { coalesce } from '../src/coalesce.ts'

function createGate() {
  const starts: (() => void)[] = []
  const trigger = coalesce(() => new Promise<void>((resolve) => starts.push(resolve)))
  return { trigger, starts }
}

test('triggers during a run share the one run after it', async () => {
  const { trigger, starts } = createGate()
  const first = trigger()
  const others = [trigger(), trigger(), trigger()]
  expect(starts).toHaveLength(1)
  starts[0]?.()
  await first
  await new Promise((resolve) => setImmediate(resolve))
  expect(starts).toHaveLength(2)
  starts[1]?.()
  await Promise.all(others)
})

test('a run that failed does not stop the next', async () => {
  let runs = 0
  const trigger = coalesce(async () => {
    runs += 1
    if (runs === 1) throw new Error('once')
  })
  const [first, second] = [trigger(), trigger()]
  await expect(first).rejects.toThrow('once')
  await second
  await trigger()
  expect(runs).toBe(3)
})
