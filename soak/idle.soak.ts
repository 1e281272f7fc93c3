import { defineSoak } from '@gw/perf-kit/config'

/** What is kept after load shows when nobody asks any more. */
export default defineSoak({
  about: 'load for two minutes, then nothing for one, again and again',
  order: 10,
  cycle: [
    { clients: 50, for: '2m' },
    { clients: 0, for: '1m' },
  ],
})
