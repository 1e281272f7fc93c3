import { defineSoak } from '@gw/perf-kit/config'

/** Each session opens its own stream, subscribes, hears of updates, and ends. */
export default defineSoak({
  about: 'sessions that subscribe, hear of updates and end',
  order: 4,
  clients: 25,
  think: '20ms',
  mcp: { sessionRequests: 20, subscribe: ['load://backend-1/1'] },
  targetArguments: ['--backend-updates-per-sec', '20'],
})
