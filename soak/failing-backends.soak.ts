import { defineSoak } from '@gw/perf-kit/config'

/** A call that never answers is given up by the gateway after a second. */
export default defineSoak({
  about: 'backends of which a tenth of the calls fails, and some never answer',
  order: 9,
  clients: 50,
  think: '20ms',
  targetArguments: ['--backend-fail-ratio', '0.1', '--backend-stall-ratio', '0.01', '--request-timeout', '1s'],
})
