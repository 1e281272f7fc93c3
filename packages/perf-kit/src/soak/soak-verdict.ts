import { judgeRecord, type LeakVerdict } from '../memory/index.ts'
import type { Metric, SoakReport } from '../run/index.ts'
import type { SoakReading, WatchedProcess } from './soak-reading.ts'

const COVERAGE_RATIO = 0.95
const NOTHING_SEEN: LeakVerdict = {
  state: 'inconclusive',
  because: 'nothing was seen of the process',
  signals: [],
}

/** Of the process that leaks, if one does, and otherwise of the one that was seen for the longest. */
export function verdictOf({ processes }: Pick<SoakReading, 'processes'>): LeakVerdict {
  const longestFirst = processes.toSorted((left, right) => right.samples - left.samples)
  const verdicts = longestFirst.map(judge)
  return verdicts.find(({ state }) => state === 'leaking') ?? verdicts[0] ?? NOTHING_SEEN
}

function judge({ record, unseen, isOneOfMany }: WatchedProcess): LeakVerdict {
  return judgeRecord(record, { unseen: [...unseen], ...(isOneOfMany ? { per: 'second' } : {}) })
}

export function toReportVerdict({ state, because, enoughNs, signals }: LeakVerdict): SoakReport['verdict'] {
  return {
    state,
    because,
    ...(enoughNs === undefined ? {} : { enoughNs }),
    signals: signals.map(({ signal, unit, per, state, because, each, inAll }) => ({
      signal,
      unit,
      per,
      state,
      because,
      ...(each === undefined ? {} : { each: { ...each } }),
      ...(inAll === undefined ? {} : { inAll }),
    })),
  }
}

/** Growth by kind, with its interval: `heapGrowthPerRequest`. */
export function growthMetrics({ signals }: LeakVerdict): Omit<Metric, 'subject'>[] {
  return signals.flatMap(({ signal, unit, per, each }): Omit<Metric, 'subject'>[] => {
    if (each === undefined) return []
    const { value, low, high } = each
    const metric: Omit<Metric, 'subject'> = {
      name: `${signal}GrowthPer${per === 'request' ? 'Request' : 'Second'}`,
      unit,
      better: 'lower',
      gates: false,
      value,
      interval: { low: Math.min(low, value), high: Math.max(high, value), coverageRatio: COVERAGE_RATIO },
      evidence: { kind: 'repetitions', values: [value] },
    }
    return [metric]
  })
}
