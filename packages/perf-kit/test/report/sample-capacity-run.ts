import type { CapacityTrial, Run } from '../../src/run/index.ts'
import { makeRun } from '../baseline/make-run.ts'

const CAPACITY_SUBJECT = 'GET /users/<id> · p99<200ms,errors<0.1%'

/** The Run of a search as `perf-kit capacity` makes it, the same each time. */
export function sampleCapacityRun(changes: Partial<NonNullable<Run['capacity']>> = {}, more: Partial<Run> = {}): Run {
  const interval = { low: 995, high: 1021, coverageRatio: 0.95 }
  return {
    ...makeRun(),
    kind: 'throughput',
    suite: 'capacity',
    durationNs: 48e9,
    metrics: [
      {
        subject: CAPACITY_SUBJECT,
        name: 'capacity',
        unit: 'perSec',
        better: 'higher',
        gates: true,
        value: 1008,
        interval,
        evidence: { kind: 'repetitions', values: [1008] },
      },
    ],
    capacity: {
      subject: CAPACITY_SUBJECT,
      objective: [
        { metric: 'responseTime', quantileRatio: 0.99, limit: 200e6 },
        { metric: 'errorRatio', limit: 0.001 },
      ],
      precisionRatio: 0.03,
      answer: {
        kind: 'interval',
        valuePerSec: 1008,
        lowPerSec: interval.low,
        highPerSec: interval.high,
        coverageRatio: 0.95,
        isConfirmed: true,
      },
      trials: [
        trial({
          phase: 'probe',
          ratePerSec: null,
          goodputPerSec: 1003,
          responseTimeP99Ns: 61e6,
          verdict: null,
          metRatio: null,
          sendLagP99Ns: null,
        }),
        trial({ ratePerSec: 700 }),
        trial({ ratePerSec: 1400, goodputPerSec: 1012, responseTimeP99Ns: 990e6, ...BROKEN }),
        trial({
          ratePerSec: 1012,
          responseTimeP99Ns: 160e6,
          verdict: 'undecided',
          metRatio: 0.4,
          reasons: ['p99 was 160 ms, of 200 ms allowed'],
        }),
        trial({ ratePerSec: 1035, goodputPerSec: 1009, responseTimeP99Ns: 310e6, ...BROKEN }),
        trial({ ratePerSec: 998, responseTimeP99Ns: 35e6, phase: 'confirm' }),
      ],
      ...changes,
    },
    warnings: [],
    ...more,
  }
}

const BROKEN: Partial<CapacityTrial> = {
  verdict: 'broken',
  metRatio: 0,
  reasons: ['p99 was too <long>', '72 % of what was offered succeeded in its time, and 98.9 % has to'],
}

function trial(own: Partial<CapacityTrial>): CapacityTrial {
  const ratePerSec = own.ratePerSec ?? null
  return {
    phase: 'search',
    ratePerSec,
    fromNs: 0,
    durationNs: 5e9,
    offeredPerSec: ratePerSec ?? own.goodputPerSec ?? 0,
    goodputPerSec: ratePerSec ?? 0,
    requests: Math.round(5 * (ratePerSec ?? 1000)),
    errorRatio: 0,
    notSentRatio: 0,
    responseTimeP50Ns: 2.1e6,
    responseTimeP99Ns: 6.3e6,
    sendLagP99Ns: 0.1e6,
    verdict: 'met',
    metRatio: 0.99,
    reasons: [],
    ...own,
  }
}
