import { defineSoak } from '@gw/perf-kit/config'

export default defineSoak({
  about: 'sessions that end after five calls, and others that open',
  order: 3,
  clients: 25,
  think: '10ms',
  mcp: { sessionRequests: 5 },
})
