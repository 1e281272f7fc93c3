import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SessionLimitError, SessionRegistry } from '../src/session-registry.ts'

function createRegistry({ maxSessions = 100, idleMs = 1000 } = {}) {
  const clock = { nowMs: 0 }
  const registry = new SessionRegistry<string>({ maxSessions, idleMs, now: () => clock.nowMs })
  return { registry, clock }
}

const keepId = (id: string) => id

describe('SessionRegistry', () => {
  test('finds a session by its id until it is deleted', () => {
    const { registry } = createRegistry()
    const id = registry.create(keepId)
    expect(registry.lookup(id)).toBe(id)
    expect(registry.delete(id)).toBe(true)
    expect(registry.lookup(id)).toBeUndefined()
    expect(registry.delete(id)).toBe(false)
    expect(registry.size).toBe(0)
  })

  test('refuses one session more than allowed, and takes it when another has ended', () => {
    const { registry } = createRegistry({ maxSessions: 1 })
    const first = registry.create(keepId)
    expect(() => registry.create(keepId)).toThrow(SessionLimitError)
    registry.delete(first)
    expect(registry.create(keepId)).not.toBe(first)
  })

  test('reaps a session when it was idle for the whole time, not a moment before', () => {
    const { registry, clock } = createRegistry({ idleMs: 1000 })
    const id = registry.create(keepId)
    clock.nowMs = 500
    registry.lookup(id)
    expect(registry.reap(1499)).toEqual([])
    expect(registry.reap(1500)).toEqual([id])
    expect(registry.size).toBe(0)
  })

  test('keeps a busy session and starts its idle time anew', () => {
    const { registry } = createRegistry({ idleMs: 1000 })
    const id = registry.create(keepId)
    expect(registry.reap(1000, () => true)).toEqual([])
    expect(registry.reap(1999)).toEqual([])
    expect(registry.reap(2000)).toEqual([id])
  })

  test('a busy session does not hide idle ones behind it', () => {
    const { registry } = createRegistry({ idleMs: 1000 })
    const busy = registry.create(keepId)
    const idle = registry.create(keepId)
    expect(registry.reap(1000, (id) => id === busy)).toEqual([idle])
  })

  test('reaps exactly those untouched for the idle time, whatever happened before', () => {
    const step = fc.record({
      action: fc.constantFrom('create', 'lookup', 'delete', 'reap'),
      which: fc.nat({ max: 9 }),
      waitMs: fc.nat({ max: 600 }),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { registry, clock } = createRegistry({ idleMs: 1000 })
        const touchedAtMs = new Map<string, number>()
        for (const { action, which, waitMs } of steps) {
          clock.nowMs += waitMs
          const id = Array.from(touchedAtMs.keys())[which] ?? 'none'
          if (action === 'create') touchedAtMs.set(registry.create(keepId), clock.nowMs)
          if (action === 'lookup' && registry.lookup(id) !== undefined) touchedAtMs.set(id, clock.nowMs)
          if (action === 'delete') expect(registry.delete(id)).toBe(touchedAtMs.delete(id))
          if (action === 'reap') {
            const idle = Array.from(touchedAtMs).filter(([, atMs]) => clock.nowMs - atMs >= 1000)
            expect(new Set(registry.reap(clock.nowMs))).toEqual(new Set(idle.map(([key]) => key)))
            for (const [key] of idle) touchedAtMs.delete(key)
          }
          expect(Array.from(registry.values()).sort()).toEqual(Array.from(touchedAtMs.keys()).sort())
        }
      }),
    )
  })
})
