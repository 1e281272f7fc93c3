import { defineSoak } from '@gw/perf-kit/config'

export default defineSoak({
  about: '200 requests a second, and five times as many for 5 s of each minute',
  order: 6,
  rate: 200,
  spike: '5x/1m/5s',
})
