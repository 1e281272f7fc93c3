import type { Metric, Run } from '../../src/run/index.ts'
import type { ScalingEvidence } from '../../src/throughput/scaling-evidence.ts'
import { type SweepOptions, type SweepPoint, sweep } from '../../src/throughput/sweep.ts'
import type { SweepParameter } from '../../src/throughput/sweep-values.ts'
import { makeRun } from '../baseline/make-run.ts'

/** A measurement as a load would give it. */
export function point(perSec: number, evidence: Partial<ScalingEvidence> = {}, changes: Partial<Run> = {}): SweepPoint {
  const metric = (name: string, unit: Metric['unit'], value: number): Metric => ({
    subject: 'load',
    name,
    unit,
    better: 'lower',
    gates: false,
    value,
    evidence: { kind: 'repetitions', values: [value] },
  })
  return {
    run: makeRun({
      kind: 'load',
      metrics: [
        metric('goodput', 'perSec', perSec),
        { ...metric('errorRatio', 'ratio', 0), evidence: { kind: 'proportion', part: 0, whole: 100 } },
        metric('responseTimeP50', 'ns', 1e6),
        metric('responseTimeP99', 'ns', 3e6),
      ],
      ...changes,
    }),
    evidence: { generatorBusyRatio: 0.2, processes: new Map(), timeShares: new Map(), ...evidence },
  }
}

export function counts(name: string, values: readonly number[]): SweepParameter {
  return { name, unit: 'count', values: values.map((value) => ({ value, text: String(value) })) }
}

/** A sweep of measurements that a function makes up. */
export async function sweptWith(
  parameter: SweepParameter,
  pointAt: (value: number, round: number) => SweepPoint | Promise<SweepPoint>,
  options: Partial<SweepOptions> = {},
): Promise<Run> {
  return await sweep({
    parameter,
    subject: `GET / · ${parameter.name}`,
    subjectOf: ({ text }) =>
      parameter.name === 'clients' ? `GET / · ${text} clients` : `GET / · ${parameter.name}=${text}`,
    restNs: 0,
    measure: async ({ value, round }) => await pointAt(value.value, round),
    ...options,
  })
}

/** What its notes of a code say. */
export function told({ warnings }: Run, code: string): string {
  return warnings
    .filter((note) => note.code === code)
    .map(({ message }) => message)
    .join('\n')
}

export function figure({ metrics }: Run, subject: string, name: string): number | undefined {
  return metrics.find((metric) => metric.subject === subject && metric.name === name)?.value
}
