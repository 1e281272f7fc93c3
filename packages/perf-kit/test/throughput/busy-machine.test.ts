import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { expect, it } from 'vitest'
import { ThroughputTester } from '../../src/throughput/index.ts'
import { limitedTarget } from './limited-target.ts'
import { optionsOf } from './short-search.ts'

const LONGEST_MS = 60_000

/** Programs that take all of the machine, until the scope ends that holds them. */
function busyPrograms(): AsyncDisposable {
  const script = `const endMs = Date.now() + ${LONGEST_MS}; while (Date.now() < endMs);`
  const children = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ['-e', script]))
  return {
    async [Symbol.asyncDispose]() {
      for (const child of children) {
        const exit = once(child, 'exit')
        child.kill('SIGKILL')
        await exit
      }
    },
  }
}

it('what a target did not do while other programs had the machine is doubted, and how much they took is told', async () => {
  await using target = await limitedTarget({ mode: 'refuse', rate: 200 })
  await using _others = busyPrograms()
  const options = optionsOf(target.url, 'p99<5s,errors<1%', { startRatePerSec: 400, maxRatePerSec: 400 })
  const { capacity, validity } = await new ThroughputTester({ ...options, mostTrials: 4 }).capacity()
  const broken = capacity?.trials.find(({ verdict }) => verdict === 'broken')
  expect(broken?.othersRatio).toBeGreaterThan(0.2)
  expect(validity.state).toBe('suspect')
  expect(validity.reasons.join('\n')).toMatch(/other programs took up to \d+ % of the machine at \d of the \d trials/)
})
