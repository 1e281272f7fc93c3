import { BaselineManager, type Metric, type Run, readEnvironment } from '@gw/perf-kit'

/** What ten forks of a benchmark give. */
const VALUES_PER_ENTRY = 10
/** One entry in ten of the new Run is slower. */
const SLOWDOWN_RATIO = 0.2

/**
 * A Run of so many entries as benchmarks give them: of each two, a time, whose values are all different, and an
 * allocation, most of whose values are the same.
 *
 * @param side - the new side's values differ from the stored ones, as those of another day do
 */
export function runOfEntries(entries: number, side: 'stored' | 'new'): Run {
  return {
    schema: 'perf-kit/run',
    schemaVersion: 1,
    kind: 'bench',
    suite: 'stored',
    configuration: 'default',
    startedAt: '2026-01-02T03:04:05.000Z',
    durationNs: 1e9,
    environment: readEnvironment([]),
    harness: { name: '@gw/perf-kit', version: '0.1.0', methodVersion: 1 },
    source: { commit: null, dirty: false },
    metrics: Array.from({ length: entries }, (_, index) => {
      const subject = `stored/case-${index >> 1} size=${(index >> 1) % 10}kB`
      return index % 2 === 0 ? timeOf(subject, index, side) : allocationOf(subject, index, side)
    }),
    validity: { state: 'valid', reasons: [] },
    warnings: [],
    failures: [],
    artifacts: [],
  }
}

function timeOf(subject: string, index: number, side: 'stored' | 'new'): Metric {
  const slower = side === 'new' && index % 20 === 0 ? 1 + SLOWDOWN_RATIO : 1
  const salt = side === 'new' ? 0.37 : 0
  const centerNs = 100 + (index % 997)
  const values = Array.from({ length: VALUES_PER_ENTRY }, (_, fork) => {
    const noise = (((fork * 7919 + index * 104_729) % 1_000) + salt) / 50_000
    return centerNs * slower * (1 + noise)
  })
  return metricOf(subject, 'timePerOp', 'ns', values)
}

/** The same in all forks but one or two, which met something of the runtime's own. */
function allocationOf(subject: string, index: number, side: 'stored' | 'new'): Metric {
  const bytes = 16 * (1 + (index % 311))
  const odd = side === 'new' ? 2 : 1
  const values = Array.from({ length: VALUES_PER_ENTRY }, (_, fork) => (fork < odd ? bytes + 8 : bytes))
  return metricOf(subject, 'allocatedPerOp', 'bytes', values)
}

function metricOf(subject: string, name: string, unit: Metric['unit'], values: number[]): Metric {
  const value = values[VALUES_PER_ENTRY / 2] ?? Number.NaN
  return { subject, name, unit, better: 'lower', gates: true, value, evidence: { kind: 'repetitions', values } }
}

/** Accept so many entries into a folder, and make the Run that is compared with them. */
export async function storeEntries(
  directory: string,
  entries: number,
): Promise<{ readonly manager: BaselineManager; readonly run: Run }> {
  const manager = new BaselineManager({ directory })
  await manager.accept(runOfEntries(entries, 'stored'), { by: 'peers', reason: 'to compare with', at: new Date(0) })
  return { manager, run: runOfEntries(entries, 'new') }
}
