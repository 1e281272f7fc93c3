import { defineSoak } from '@gw/perf-kit/config'

export default defineSoak({ about: '25 clients that think for 50 ms', order: 2, clients: 25, think: '50ms' })
