import type { Environment, Metric, Run } from '../../src/run/index.ts'

/** Runs as the measuring rooms make them, in as few words as a test needs. */

export const ENVIRONMENT: Environment = {
  id: 'linux-x64-2cpu-node24.21.0-0123abcd',
  platform: 'linux',
  arch: 'x64',
  osRelease: '6.1.0',
  cpuModel: 'Example 3000',
  cpuCount: 2,
  memoryBytes: 8 * 2 ** 30,
  nodeVersion: 'v24.21.0',
  v8Version: '13.6.233.10-node.26',
  nodeFlags: [],
  containerCpuLimit: null,
  containerMemoryLimitBytes: null,
}

export const OTHER_ENVIRONMENT: Environment = {
  ...ENVIRONMENT,
  id: 'linux-x64-8cpu-node24.20.0-89ef0123',
  cpuCount: 8,
  nodeVersion: 'v24.20.0',
}

export function makeRun(changes: Partial<Run> = {}): Run {
  return {
    schema: 'perf-kit/run',
    schemaVersion: 1,
    kind: 'bench',
    suite: 'routing',
    configuration: 'default',
    startedAt: '2026-01-02T03:04:05.000Z',
    durationNs: 12e9,
    environment: ENVIRONMENT,
    harness: { name: '@gw/perf-kit', version: '0.1.0', methodVersion: 1 },
    source: { commit: 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334', dirty: false },
    metrics: [makeMetric()],
    validity: { state: 'valid', reasons: [] },
    warnings: [],
    failures: [],
    artifacts: [],
    ...changes,
  }
}

/** Ten values around a centre, spread over ±1 %, without ties. */
export function valuesAround(center: number, spreadRatio = 0.01): number[] {
  return Array.from({ length: 10 }, (_, index) => center * (1 + spreadRatio * ((index * 7) % 10) * 0.2 - spreadRatio))
}

export function makeMetric(changes: Partial<Metric> = {}): Metric {
  const values = changes.evidence?.kind === 'repetitions' ? changes.evidence.values : valuesAround(100)
  return {
    subject: 'routing/lookup tools=10',
    name: 'timePerOp',
    unit: 'ns',
    better: 'lower',
    gates: true,
    value: middle(values),
    evidence: { kind: 'repetitions', values },
    ...changes,
  }
}

/** A metric of repetitions. */
export function repeated(values: readonly number[], changes: Partial<Metric> = {}): Metric {
  return makeMetric({ ...changes, value: middle(values), evidence: { kind: 'repetitions', values: [...values] } })
}

/** A metric of pairs. */
export function paired(
  baseline: readonly number[],
  candidate: readonly number[],
  changes: Partial<Metric> = {},
): Metric {
  const evidence = { kind: 'pairs' as const, baseline: [...baseline], candidate: [...candidate] }
  return makeMetric({ ...changes, value: middle(candidate), evidence })
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

/** Repeatable noise in (−1, 1). */
export function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
}
