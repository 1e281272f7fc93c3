import { SessionRegistry } from '@gw/gateway/session-registry'
import { defineBench } from '@gw/perf-kit/config'

function registryOf(sessions: number, newId?: () => string) {
  const limits = { maxSessions: sessions + 1, idleMs: 60_000 }
  const registry = new SessionRegistry<{ readonly id: string }>({
    ...limits,
    ...(newId === undefined ? {} : { newId }),
  })
  const ids: string[] = []
  for (let index = 0; index < sessions; index++) ids.push(registry.create((id) => ({ id })).id)
  return { registry, ids }
}

/** As long as real ones, but the same in every process: random ones fall into other places of the hash table each time. */
function numberedIds(): () => string {
  let count = 0
  return () => `${(++count).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
}

export default [
  defineBench({
    name: 'lookup',
    args: { sessions: [10, 1_000, 10_000] },
    setup: ({ sessions }) => registryOf(sessions, numberedIds()),
    fn: ({ registry, ids }, iteration) => registry.lookup(ids[iteration % ids.length] ?? ''),
  }),
  defineBench({
    name: 'create and delete',
    setup: () => registryOf(1_000),
    fn: ({ registry }) => registry.delete(registry.create((id) => ({ id })).id),
  }),
]
