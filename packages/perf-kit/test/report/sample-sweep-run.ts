import type { Run } from '../../src/run/index.ts'
import { uslThroughput } from '../../src/stats/index.ts'
import { ENVIRONMENT } from '../baseline/make-run.ts'
import { counts, point, sweptWith } from '../throughput/swept-points.ts'

const LAW = { lambda: 100, sigma: 0.05, kappa: 0.002 }

/** A sweep as `perf-kit capacity --sweep` makes it: follows the law, and is limited by a pool in the end; the same each time. */
export async function sampleSweepRun(changes: Partial<Run> = {}): Promise<Run> {
  const run = await sweptWith(counts('clients', [1, 2, 4, 8, 16, 32, 64]), (n, round) =>
    point(uslThroughput(LAW, n) * (1 + 0.015 * Math.sin(13 * n + 5 * round)), {
      machineBusyRatio: 0.4,
      timeShares: new Map([
        ['acquire', n > 8 ? 0.6 : 0.02],
        ['backend', 0.2],
      ]),
    }),
  )
  return { ...run, startedAt: '2026-01-02T03:04:05.000Z', durationNs: 84e9, environment: ENVIRONMENT, ...changes }
}

/** One that does not follow it. */
export async function bentSweepRun(): Promise<Run> {
  return await sweptWith(counts('clients', [1, 2, 4, 8, 16, 32]), (n, round) =>
    point(Math.min(50 * n, 300) * (1 + 0.01 * Math.sin(13 * n + 5 * round))),
  )
}
