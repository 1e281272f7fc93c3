import { Pool } from '@gw/gateway/pool'
import { defineBench } from '@gw/perf-kit/config'

function poolOf(max: number) {
  return new Pool({ max, create: async () => ({}), destroy: () => undefined })
}

export default [
  defineBench({
    name: 'acquire idle',
    setup: () => poolOf(8),
    fn: async (pool) => {
      const lease = await pool.acquire({ timeoutMs: 1_000 })
      lease.release()
      return lease
    },
  }),
  defineBench({
    name: 'acquire contended',
    args: { waiting: [1, 10, 100] },
    setup: ({ waiting }) => ({ pool: poolOf(1), borrowers: waiting + 1 }),
    fn: ({ pool, borrowers }) =>
      Promise.all(
        Array.from({ length: borrowers }, async () => {
          const lease = await pool.acquire({ timeoutMs: 10_000 })
          lease.release()
        }),
      ),
  }),
]
