import { buildHistogram } from '../../src/load/histograms.ts'
import { HARNESS, type StreamedSecond } from '../../src/load/index.ts'
import { loadHistograms, readEnvironment } from '../../src/run/index.ts'
import type { JournalLine, RecordHead, SecondLine } from '../../src/soak/record-lines.ts'

export const HEAD: Omit<RecordHead, 'v'> = {
  name: 'clients-50',
  subject: 'clients-50 · GET / · 50 clients',
  configuration: 'default',
  loop: 'closed',
  startedAt: '2026-11-26T08:00:00.000Z',
  plannedNs: 3600e9,
  environment: readEnvironment([]),
  harness: HARNESS,
  source: { commit: null, dirty: false },
  budgets: [],
}

/** A second in which so many requests took so long each. */
function streamedSecond(second: number, timesNs: readonly number[]): StreamedSecond {
  const histogram = buildHistogram()
  for (const timeNs of timesNs) histogram.recordValue(timeNs)
  const count = timesNs.length
  const responseTime = loadHistograms().encodeIntoCompressedBase64(histogram)
  return {
    second,
    untilNs: (second + 1) * 1e9,
    offered: count,
    finished: count,
    failed: 0,
    dropped: 0,
    unsent: 0,
    succeededInWindow: count,
    receivedBytes: 100 * count,
    outcomes: { 'HTTP 200': count },
    distributions: count === 0 ? {} : { responseTime },
  }
}

export function secondLine(at: number, timesNs: readonly number[] = [1e6, 2e6], isGap = false): SecondLine {
  const wallMs = Date.parse(HEAD.startedAt) + 1000 * (at + 1)
  return { type: 'second', at, wallMs, level: 50, isGap, isWhole: true, second: streamedSecond(at, timesNs) }
}

export function partLine(at: number, pid: number): JournalLine {
  return { type: 'part', at, startedAt: HEAD.startedAt, pid, process: `${pid}@1`, isOneOfMany: false, notes: [] }
}
