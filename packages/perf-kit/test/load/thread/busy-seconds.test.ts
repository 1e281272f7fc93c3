import { describe, expect, it } from 'vitest'
import { judgeValidity } from '../../../src/load/load-validity.ts'
import { busiestOf } from '../../../src/load/thread/busy-seconds.ts'
import { TemporaryProject } from '../../bench/temporary-project.ts'
import { drive, steady } from '../drive.ts'
import { OK, scriptedTarget } from '../scripted-target.ts'

/** Has a client that works for a whole second of the schedule at least, so long after its first request. */
const burning = (fromMs: number): string => `
  export default () => {
    let beganMs
    return () => {
      const nowMs = performance.now()
      beganMs ??= nowMs
      if (nowMs - beganMs >= ${fromMs} && nowMs - beganMs < ${fromMs} + 2_200) {
        while (performance.now() - nowMs < 1_100);
      }
      return { path: '/' }
    }
  }`

async function driven(
  fromMs: number,
  { durationMs, warmupMs = 0 }: { readonly durationMs: number; readonly warmupMs?: number },
) {
  await using target = await scriptedTarget(({ socket, number }) => setTimeout(() => socket.write(OK), number % 2))
  await using project = await TemporaryProject.create({ 'requests.js': burning(fromMs) })
  const requestModule = project.path('requests.js')
  return await drive(target.url, {
    requestModule,
    phases: steady(1, durationMs),
    warmupNs: warmupMs * 1e6,
    thinkNs: 4e6,
  })
}

describe('how busy a generator was', { concurrent: true }, () => {
  it('is told of its busiest second beside the mean, which hides it', async () => {
    const result = await driven(1_200, { durationMs: 4_800 })
    expect(result.busiestRatio).toBeGreaterThan(0.95)
    expect(result.busyRatio).toBeLessThan(0.8)
    expect(judgeValidity(result).reasons).toContainEqual(expect.stringMatching(/where it was busiest/))
  })

  it('is of the counted part of the schedule only', async () => {
    const { busiestRatio, busyRatio } = await driven(0, { durationMs: 5_500, warmupMs: 3_500 })
    expect(busiestRatio).toBeLessThan(0.95)
    expect(busyRatio).toBeLessThanOrEqual(busiestRatio)
  })

  it('leaves one second in twenty for accidents, and none of a load that has fewer', () => {
    const calm = (seconds: number): number[] => Array.from({ length: seconds }, () => 0.3)
    expect(busiestOf([])).toBe(0)
    expect(busiestOf([...calm(9), 0.99])).toBe(0.99)
    expect(busiestOf([...calm(10), 0.99, ...calm(10)])).toBe(0.3)
    expect(busiestOf([0.97, ...calm(18), 0.99])).toBe(0.97)
    expect(busiestOf([0.97, 0.98, 0.99, ...calm(40)])).toBe(0.97)
  })
})
