import { expect, it } from 'vitest'
import { runFork } from '../../src/bench/fork-process.ts'
it('x', async () => {
  console.log(process.execPath, process.version)
  const r = await runFork({mode:'list', files:['/work/main/benches/routing/lookup.bench.ts']}, {timeoutNs: 5e9, memoryLimitBytes: 2**28})
  console.log(JSON.stringify(r))
  expect(1).toBe(1)
})
