import { joinToolName, RouteTable } from '@gw/gateway/route-table'
import { defineBench } from '@gw/perf-kit/config'

const TOOLS_PER_BACKEND = 10

export default defineBench({
  name: 'lookup',
  args: { tools: [10, 100, 1_000, 10_000], outcome: ['hit', 'miss'] },
  setup: ({ tools, outcome }) => {
    const table = new RouteTable()
    const names: string[] = []
    for (let backend = 0; backend < tools / TOOLS_PER_BACKEND; backend++) {
      const own = Array.from({ length: TOOLS_PER_BACKEND }, (_, tool) => `tool-${tool}`)
      table.replaceBackend(`backend-${backend}`, own)
      names.push(...own.map((tool) => joinToolName(`backend-${backend}`, tool)))
    }
    // Through JSON, as names arrive: strings that the table has never seen, with no cached hash of the table's own.
    const asked: string[] = JSON.parse(JSON.stringify(names.map((name) => (outcome === 'hit' ? name : `${name}x`))))
    return { table, asked }
  },
  fn: ({ table, asked }, iteration) => table.lookup(asked[iteration % asked.length] ?? ''),
})
