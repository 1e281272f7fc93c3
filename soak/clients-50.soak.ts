import { defineSoak } from '@gw/perf-kit/config'

export default defineSoak({ about: '50 clients that never rest', order: 1, clients: 50 })
