import { SessionRegistry } from '@gw/gateway/session-registry'
import { defineBench } from '@gw/perf-kit/config'

function registryOf(sessions: number) {
  const registry = new SessionRegistry<{ readonly id: string }>({ maxSessions: sessions + 1, idleMs: 60_000 })
  const ids: string[] = []
  for (let index = 0; index < sessions; index++) ids.push(registry.create((id) => ({ id })).id)
  return { registry, ids }
}

export default [
  defineBench({
    name: 'lookup',
    args: { sessions: [10, 1_000, 10_000] },
    setup: ({ sessions }) => registryOf(sessions),
    fn: ({ registry, ids }, iteration) => registry.lookup(ids[iteration % ids.length] ?? ''),
  }),
  defineBench({
    name: 'create and delete',
    setup: () => registryOf(1_000),
    fn: ({ registry }) => registry.delete(registry.create((id) => ({ id })).id),
  }),
]
