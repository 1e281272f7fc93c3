import { defineConfig } from '@gw/perf-kit/config'

export default defineConfig({
  bench: { include: ['benches/**/*.bench.ts'] },
  baselines: { directory: 'benchmarks' },
})
