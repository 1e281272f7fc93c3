import { RouteTable } from '@gw/gateway/route-table'
import { defineBench } from '@gw/perf-kit/config'

export default defineBench({
  name: 'refresh one backend',
  args: { tools: [10, 100, 1_000] },
  setup: ({ tools }) => ({
    table: new RouteTable(),
    names: Array.from({ length: tools }, (_, tool) => `tool-${tool}`),
  }),
  fn: ({ table, names }) => {
    table.replaceBackend('backend', names)
    return table.size
  },
})
