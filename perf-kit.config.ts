import { defineConfig } from '@gw/perf-kit/config'

export default defineConfig({
  bench: { include: ['benches/**/*.bench.ts'] },
  load: {
    target: {
      command: ['node', 'packages/gateway/src/main.ts', '--port', '0'],
      ready: { log: /listening on (\S+)/ },
      parameters: {
        pool: ['--pool-size', '{}'],
        backends: ['--backends', '{}'],
        processes: ['--processes', '{}'],
      },
      mcp: { call: 'backend-1__tool-1' },
    },
  },
  baselines: { directory: 'benchmarks' },
})
