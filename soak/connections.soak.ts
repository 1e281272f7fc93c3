import { defineSoak } from '@gw/perf-kit/config'

/** With each client that leaves, its connection and its session end. */
export default defineSoak({
  about: 'clients that come and go, each with a connection of its own',
  order: 5,
  cycle: [
    { clients: 50, for: '2s' },
    { clients: 5, for: '1s' },
  ],
  think: '10ms',
})
