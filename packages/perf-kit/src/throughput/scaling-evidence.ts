import type { Metric, Unit } from '../run/index.ts'

/** What was seen beside a load that may tell why it did not go faster. What nobody tells is absent. */
export interface ScalingEvidence {
  /** share of the time in which the generator's busiest thread waited for nothing */
  readonly generatorBusyRatio: number
  /** share of all processors that were busy, whoever was it */
  readonly machineBusyRatio?: number
  /** share of all processors that neither the generator nor a target that was started took */
  readonly othersBusyRatio?: number
  /** processors' worth that the target took, with all that it started */
  readonly targetProcessors?: number
  /** what the busiest thread took of the target's processes of each name: 1 is a whole processor */
  readonly processes: ReadonlyMap<string, number>
  /** requests that waited for a connection of a pool, on average */
  readonly poolWaiting?: number
  /** what requests took their time for, as the target tells it: shares of their time */
  readonly timeShares: ReadonlyMap<string, number>
}

type OwnMetric = Omit<Metric, 'subject'>

export const EVIDENCE = {
  generatorBusy: 'generatorBusy',
  machineBusy: 'machineBusy',
  /** as loads have it */
  othersBusy: 'otherPrograms',
  targetProcessors: 'targetProcessors',
  processCpu: 'processCpu ',
  poolWaiting: 'poolWaiting',
  timeShare: 'timeShare ',
  /** of the agent in a target */
  loopBusy: 'targetLoopBusyMean',
  gcShare: 'targetGcShareMean',
} as const

/** Evidence of all rounds of a value: the mean of what each of them saw, by name. */
export function evidenceMetrics(rounds: readonly ScalingEvidence[]): OwnMetric[] {
  const seen = rounds.flatMap(namedValues)
  return [...Map.groupBy(seen, ({ name }) => name)].map(([name, own]) => {
    const values = own.map(({ value }) => value)
    return {
      name,
      unit: own[0]?.unit ?? 'ratio',
      better: 'lower',
      gates: false,
      value: values.reduce((sum, value) => sum + value, 0) / values.length,
      evidence: { kind: 'repetitions', values },
    }
  })
}

interface NamedValue {
  readonly name: string
  readonly unit: Unit
  readonly value: number
}

function namedValues(evidence: ScalingEvidence): NamedValue[] {
  const { generatorBusyRatio, machineBusyRatio, othersBusyRatio } = evidence
  const { targetProcessors, poolWaiting, processes, timeShares } = evidence
  const single = (name: string, unit: Unit, value: number | undefined): NamedValue[] =>
    value === undefined ? [] : [{ name, unit, value }]
  return [
    ...single(EVIDENCE.generatorBusy, 'ratio', generatorBusyRatio),
    ...single(EVIDENCE.machineBusy, 'ratio', machineBusyRatio),
    ...single(EVIDENCE.othersBusy, 'ratio', othersBusyRatio),
    ...single(EVIDENCE.targetProcessors, 'ratio', targetProcessors),
    ...[...processes].flatMap(([name, value]) => single(`${EVIDENCE.processCpu}${name}`, 'ratio', value)),
    ...single(EVIDENCE.poolWaiting, 'count', poolWaiting),
    ...[...timeShares].flatMap(([name, value]) => single(`${EVIDENCE.timeShare}${name}`, 'ratio', value)),
  ]
}
