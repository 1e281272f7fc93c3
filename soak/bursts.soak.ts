import { defineSoak } from '@gw/perf-kit/config'

export default defineSoak({
  about: 'bursts of 2000 requests a second, for half a second every five',
  order: 7,
  cycle: [
    { rate: 2000, for: '500ms' },
    { rate: 50, for: '4500ms' },
  ],
})
