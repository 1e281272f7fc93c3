import { defineSoak } from '@gw/perf-kit/config'

export default defineSoak({
  about: 'backends that take their time, and now and then very long',
  order: 8,
  clients: 50,
  targetArguments: ['--backend-latency', 'mixed:95%=50ms,5%=2s'],
})
