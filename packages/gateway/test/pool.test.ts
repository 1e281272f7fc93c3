import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Lease, Pool, PoolClosedError, PoolTimeoutError } from '../src/pool.ts'

const LONG = { timeoutMs: 60_000 }
const SHORT = { timeoutMs: 1 }

function createPool(max: number) {
  const made: number[] = []
  const destroyed: number[] = []
  const state = { fails: false }
  const pool = new Pool<number>({
    max,
    create: async () => {
      if (state.fails) throw new Error('unreachable')
      made.push(made.length)
      return made.length - 1
    },
    destroy: (member) => void destroyed.push(member),
  })
  return { pool, made, destroyed, state }
}

describe('Pool', () => {
  test('makes no more members than asked for, and uses them again', async () => {
    const { pool, made } = createPool(8)
    for (let turn = 0; turn < 5; turn++) (await pool.acquire(LONG)).release()
    expect(made).toHaveLength(1)
    expect(pool.state).toEqual({ max: 8, size: 1, idle: 1, waiting: 0 })
  })

  test('serves waiters in the order they came', async () => {
    const { pool } = createPool(1)
    const first = await pool.acquire(LONG)
    const order: string[] = []
    const waiters = ['second', 'third'].map(async (name) => {
      const lease = await pool.acquire(LONG)
      order.push(name)
      lease.release()
    })
    expect(pool.state.waiting).toBe(2)
    first.release()
    await Promise.all(waiters)
    expect(order).toEqual(['second', 'third'])
  })

  test('turns a waiter away when its time is up, and does not lend to it later', async () => {
    const { pool } = createPool(1)
    const lease = await pool.acquire(LONG)
    await expect(pool.acquire(SHORT)).rejects.toThrow(PoolTimeoutError)
    lease.release()
    expect(pool.state).toEqual({ max: 1, size: 1, idle: 1, waiting: 0 })
  })

  test('turns a waiter away when its signal is aborted, with the reason', async () => {
    const { pool } = createPool(1)
    await pool.acquire(LONG)
    const abort = new AbortController()
    const waiting = pool.acquire({ ...LONG, signal: abort.signal })
    abort.abort(new Error('client left'))
    await expect(waiting).rejects.toThrow('client left')
    await expect(pool.acquire({ ...LONG, signal: abort.signal })).rejects.toThrow('client left')
  })

  test('destroys a broken member and makes a new one for the next waiter', async () => {
    const { pool, destroyed } = createPool(1)
    const lease = await pool.acquire(LONG)
    const waiting = pool.acquire(LONG)
    lease.release({ broken: true })
    expect((await waiting).value).toBe(1)
    expect(destroyed).toEqual([0])
  })

  test('a second release of the same lease does nothing', async () => {
    const { pool } = createPool(2)
    const lease = await pool.acquire(LONG)
    lease.release()
    lease.release({ broken: true })
    expect(pool.state).toMatchObject({ size: 1, idle: 1 })
  })

  test('passes on why no member could be made, and tries again for the next', async () => {
    const { pool, state } = createPool(1)
    state.fails = true
    const both = await Promise.allSettled([pool.acquire(LONG), pool.acquire(LONG)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    state.fails = false
    expect((await pool.acquire(LONG)).value).toBe(0)
  })

  test('closing frees idle members, turns waiters away, and frees lent members as they come back', async () => {
    const { pool, destroyed } = createPool(2)
    const [kept, returned] = [await pool.acquire(LONG), await pool.acquire(LONG)]
    returned.release()
    const lent = await pool.acquire(LONG)
    const waiting = pool.acquire(LONG)
    kept.release()
    ;(await waiting).release()
    const late = pool.acquire(LONG)
    const turnedAway = pool.acquire(LONG)
    await late
    const closing = pool.close()
    await expect(turnedAway).rejects.toThrow(PoolClosedError)
    await closing
    expect(destroyed).toEqual([])
    lent.release()
    await expect(pool.acquire(LONG)).rejects.toThrow(PoolClosedError)
    await new Promise((resolve) => setImmediate(resolve))
    expect(destroyed).toHaveLength(1)
  })

  test('never lends a member twice at a time, nor makes more than its maximum', async () => {
    const step = fc.constantFrom('acquire', 'release', 'break', 'settle')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { pool, made, destroyed } = createPool(3)
        const lent: Lease<number>[] = []
        for (const action of steps) {
          if (action === 'acquire')
            pool.acquire(LONG).then(
              (lease) => lent.push(lease),
              () => undefined,
            )
          if (action === 'release') lent.shift()?.release()
          if (action === 'break') lent.shift()?.release({ broken: true })
          if (action === 'settle') {
            await new Promise((resolve) => setImmediate(resolve))
            expect(made.length - destroyed.length).toBeLessThanOrEqual(3)
          }
          expect(new Set(lent.map(({ value }) => value)).size).toBe(lent.length)
          expect(pool.state.size).toBeLessThanOrEqual(3)
        }
        await pool.close()
      }),
    )
  })
})
