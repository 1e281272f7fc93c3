import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type AgentSample, TargetWatch } from '../../src/target/index.ts'
import { agentOf, startWithAgent, tell } from './agent/agent-target.ts'

const NS_PER_MS = 1e6
const EVERY_NS = 100 * NS_PER_MS

const hrtimeNs = (): number => Number(process.hrtime.bigint())

it('takes samples at regular times from one on, each from the end of the one before, and a last one', async () => {
  await using target = await startWithAgent()
  const samples: AgentSample[] = []
  const watch = new TargetWatch(agentOf(target), (sample) => samples.push(sample))
  const fromNs = hrtimeNs() + 200 * NS_PER_MS
  watch.start({ fromNs, everyNs: EVERY_NS, restartAtNs: fromNs })
  await expect.poll(() => samples.length).toBeGreaterThan(5)
  const stoppedAtNs = hrtimeNs()
  await watch.stop()
  const times = samples.map(({ atNs }) => atNs)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(fromNs)
  expect(samples.slice(1).map((sample) => sample.fromNs)).toEqual(times.slice(0, -1))
  expect(samples.at(-1)?.atNs).toBeGreaterThan(stoppedAtNs)
  // Each is due at a multiple: however late one is, the next one is not later for it.
  const lateNs = times.slice(0, -1).map((atNs) => (atNs - fromNs) % EVERY_NS)
  expect(lateNs.toSorted((left, right) => left - right)[0]).toBeLessThan(EVERY_NS / 2)
  await sleep(300)
  expect(samples).toHaveLength(times.length)
  expect(watch.failure).toBeUndefined()
})

it('counts the whole anew from the first sample at or after a time', async () => {
  await using target = await startWithAgent()
  const samples: AgentSample[] = []
  const watch = new TargetWatch(agentOf(target), (sample) => samples.push(sample))
  const fromNs = hrtimeNs()
  const restartAtNs = fromNs + 2_000 * NS_PER_MS
  watch.start({ fromNs, everyNs: EVERY_NS, restartAtNs })
  await expect.poll(() => samples.length).toBeGreaterThan(0)
  // Longer than a busy machine keeps it from its work.
  await tell(target, '/stall?ms=900')
  await expect.poll(() => samples.at(-2)?.atNs ?? 0).toBeGreaterThan(restartAtNs)
  await watch.stop()
  const stalls = samples.map(({ delaySoFar }) => delaySoFar.maxNs > 800 * NS_PER_MS)
  expect(stalls).toContain(true)
  expect(stalls.at(-1)).toBe(false)
  // Once it has been seen, it stays until then.
  expect(stalls.lastIndexOf(true) - stalls.indexOf(true)).toBe(stalls.filter((stall) => stall).length - 1)
})

it('waits for a target that stands still, and takes one sample of all that time', async () => {
  await using target = await startWithAgent()
  const samples: AgentSample[] = []
  const watch = new TargetWatch(agentOf(target), (sample) => samples.push(sample))
  const fromNs = hrtimeNs()
  watch.start({ fromNs, everyNs: EVERY_NS, restartAtNs: fromNs })
  await sleep(250)
  await tell(target, '/stall?ms=600')
  await sleep(250)
  await watch.stop()
  const lengthsNs = samples.slice(1, -1).map((sample) => sample.atNs - sample.fromNs)
  expect(Math.max(...lengthsNs)).toBeGreaterThan(500 * NS_PER_MS)
  // What became due meanwhile is not asked for afterwards.
  expect(lengthsNs.filter((lengthNs) => lengthNs < EVERY_NS / 5).length).toBeLessThan(3)
})

it('says that the target has ended, and stops without it', async () => {
  await using target = await startWithAgent()
  const samples: AgentSample[] = []
  const watch = new TargetWatch(agentOf(target), (sample) => samples.push(sample))
  watch.start({ fromNs: hrtimeNs(), everyNs: EVERY_NS, restartAtNs: 0 })
  await expect.poll(() => samples.length).toBeGreaterThan(1)
  process.kill(target.pid, 'SIGKILL')
  await expect.poll(() => watch.failure).toMatchObject({ code: 'AGENT_FAILED' })
  const taken = samples.length
  await watch.stop()
  expect(samples).toHaveLength(taken)
})

it('does not wait for ever for the last sample', async () => {
  await using target = await startWithAgent()
  const watch = new TargetWatch(agentOf(target), () => undefined)
  watch.start({ fromNs: hrtimeNs(), everyNs: EVERY_NS, restartAtNs: 0 })
  await sleep(300)
  const stall = tell(target, '/stall?ms=8000').catch(() => undefined)
  await sleep(100)
  let isStallOver = false
  void stall.then(() => {
    isStallOver = true
  })
  await watch.stop()
  expect(isStallOver).toBe(false)
  process.kill(target.pid, 'SIGKILL')
  await stall
})
