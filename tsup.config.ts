import { defineConfig } from 'tsup'

const PACKAGE = 'packages/perf-kit'

/**
 * The published package: ES modules, one file for each way in. What several of them need becomes a chunk of its own, so
 * that the measured process loads the clock and the engines and none of the rest.
 */
export default defineConfig({
  entry: {
    index: `${PACKAGE}/src/index.ts`,
    agent: `${PACKAGE}/src/target/agent/main.ts`,
    config: `${PACKAGE}/src/config/authoring.ts`,
    cli: `${PACKAGE}/src/cli/main.ts`,
    autocannon: `${PACKAGE}/src/load/engines/autocannon/main.ts`,
    'bench-fork': `${PACKAGE}/src/bench/fork/main.ts`,
    doctor: `${PACKAGE}/src/cli/doctor/doctor-process.ts`,
    'load-thread': `${PACKAGE}/src/load/thread/main.ts`,
    'probe-bench': `${PACKAGE}/src/bench/probe.bench.ts`,
    'report-page': `${PACKAGE}/src/report/html/browser/main.js`,
  },
  outDir: `${PACKAGE}/dist`,
  clean: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  splitting: true,
  removeNodeProtocol: false,
  // The root's package.json does not name the package's dependencies; none of them is bundled, nor is the package itself.
  skipNodeModulesBundle: true,
  external: [/^@gw\/perf-kit(\/|$)/],
  dts: {
    entry: {
      index: `${PACKAGE}/src/index.ts`,
      agent: `${PACKAGE}/src/target/agent/main.ts`,
      config: `${PACKAGE}/src/config/authoring.ts`,
    },
  },
})
