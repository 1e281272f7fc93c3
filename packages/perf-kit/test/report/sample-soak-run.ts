import type { Run, Series, SoakReport } from '../../src/run/index.ts'
import { sampleLoadRun } from './sample-load-run.ts'

const HOURS_SEC = 8 * 3600
const PIECE_SEC = 60
const PIECES = HOURS_SEC / PIECE_SEC
/** A part ends here, and the next one begins a quarter of an hour later. */
const GAP = { from: 200, to: 215 }
const MB = 1e6

type Verdict = SoakReport['verdict']

const LEAKING: Verdict = {
  state: 'leaking',
  because: 'heap: it goes on growing by 64 (60 to 68) bytes a request',
  signals: [
    {
      signal: 'sockets',
      unit: 'count',
      per: 'request',
      state: 'steady',
      because: 'it grows by less than 0.0001 a request, if at all',
    },
    {
      signal: 'heap',
      unit: 'bytes',
      per: 'request',
      state: 'leaking',
      because: 'it goes on growing by 64 (60 to 68) bytes a request',
      each: { value: 64, low: 60, high: 68 },
      inAll: 1e8,
    },
  ],
}

/** The Run of a soak of eight hours in two parts, which leaks. */
export function sampleSoakRun(changes: Partial<SoakReport> = {}): Run {
  const load = sampleLoadRun()
  const subject = load.metrics[0]?.subject ?? ''
  const series = (name: string, unit: Series['unit'], value: (piece: number) => number): Series => ({
    subject,
    name,
    unit,
    fromNs: 0,
    everyNs: PIECE_SEC * 1e9,
    values: Array.from({ length: PIECES }, (_, piece) => (piece >= GAP.from && piece < GAP.to ? null : value(piece))),
  })
  return {
    ...load,
    kind: 'soak',
    suite: 'soak',
    durationNs: HOURS_SEC * 1e9,
    series: [
      series('clients', 'count', () => 50),
      series('succeeded', 'perSec', (piece) => 2000 + (piece % 7)),
      series('failed', 'perSec', () => 0),
      series('notSent', 'perSec', () => 0),
      series('responseTimeP50', 'ns', () => 1.4e6),
      series('responseTimeP99', 'ns', (piece) => 4e6 + (piece % 13) * 1e5),
      series('responseTimeMax', 'ns', (piece) => 9e6 + (piece % 29) * 1e6),
      series('targetRss', 'bytes', (piece) => 90 * MB + piece * 2e5),
      series('targetHeapUsed', 'bytes', (piece) => 40 * MB + piece * 2e5 + (piece % 5) * MB),
      series('targetHeapLeft', 'bytes', (piece) => 30 * MB + piece * 2e5),
      series('targetSockets', 'count', () => 52),
    ],
    soak: {
      subject,
      plannedNs: HOURS_SEC * 1e9,
      measuredNs: (PIECES - GAP.to + GAP.from) * PIECE_SEC * 1e9,
      verdict: LEAKING,
      parts: [
        {
          startedAt: load.startedAt,
          fromNs: 0,
          seconds: GAP.from * PIECE_SEC,
          pid: 4711,
          end: 'killed',
          because: '',
          said: '',
        },
        {
          startedAt: load.startedAt,
          fromNs: GAP.to * PIECE_SEC * 1e9,
          seconds: (PIECES - GAP.to) * PIECE_SEC,
          pid: 4712,
          end: 'targetEnded',
          because: 'the target ended: it ran out of heap: SIGABRT',
          said: 'FATAL ERROR: Reached heap limit',
        },
      ],
      gaps: [{ fromNs: GAP.from * PIECE_SEC * 1e9, drawnNs: 900e9, lastedNs: 900e9, kind: 'killed' }],
      ...changes,
    },
  }
}
