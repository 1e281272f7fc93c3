import { expect, it } from 'vitest'
import { LoadGenerator, TargetSeconds } from '../../src/load/index.ts'
import { targetMetrics, targetSeries } from '../../src/load/target-metrics.ts'
import { agentOf, startWithAgent } from '../target/agent/agent-target.ts'

const S = 1e9

it('takes samples where the counted part of a load begins, and each second from there', async () => {
  await using target = await startWithAgent()
  const phases = [{ from: 2, to: 2, durationNs: 3.5 * S }]
  const generator = new LoadGenerator({ url: target.url ?? '', loop: 'closed', phases, warmupNs: 1.5 * S })
  const inside = TargetSeconds.watch(agentOf(target), generator)
  const result = await generator.run()
  await inside.stop()
  expect(inside.fromNs).toBe(0.5 * S)
  // The one of the warm-up, two of the counted part, and what came after; on a busy machine some of them are one.
  expect(inside.all.length).toBeGreaterThanOrEqual(2)
  expect(inside.all.slice(1).map(({ fromNs }) => fromNs)).toEqual(inside.all.slice(0, -1).map(({ toNs }) => toNs))
  for (const { fromNs } of inside.all.slice(0, -1)) expect((fromNs - inside.fromNs) % S).toBeLessThan(0.5 * S)
  expect(Math.min(...inside.all.map(({ fromNs }) => Math.abs(fromNs - 1.5 * S)))).toBeLessThan(0.5 * S)
  expect(targetMetrics(result, inside).map(({ name }) => name)).toContain('targetCpuPerRequest')
  expect(targetSeries(result, inside).map(({ fromNs, values }) => [fromNs, values.length])).toContainEqual([0.5 * S, 3])
  expect(inside.wasLost).toBe(false)
})

it('knows when the target was lost on the way', async () => {
  await using target = await startWithAgent()
  const phases = [{ from: 1, to: 1, durationNs: 3 * S }]
  const generator = new LoadGenerator({ url: target.url ?? '', loop: 'closed', phases })
  const inside = TargetSeconds.watch(agentOf(target), generator)
  setTimeout(() => process.kill(target.pid, 'SIGKILL'), 1_500)
  const result = await generator.run()
  await inside.stop()
  expect(inside.wasLost).toBe(true)
  expect(targetMetrics(result, inside).map(({ name }) => name)).not.toContain('targetCpuPerRequest')
})
