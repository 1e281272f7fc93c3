import { defineBench } from '@gw/perf-kit/config'

/** A bit of everything that a gateway does with a message: allocate, parse, look up, write. */
export default defineBench({
  name: 'probe',
  setup: () => ({
    text: JSON.stringify({
      id: 1,
      method: 'tools/call',
      params: { name: 'probe', rows: [1, 2, 3], note: 'x'.repeat(80) },
    }),
    table: new Map(Array.from({ length: 500 }, (_, index) => [`tool-${index}`, index])),
  }),
  fn: ({ text, table }, iteration) => {
    const message: Record<string, unknown> = JSON.parse(text)
    return JSON.stringify({ ...message, route: table.get(`tool-${iteration % 500}`) })
  },
})
