import { expect, it } from 'vitest'
import { parseObjective } from '../../src/config/index.ts'
import { planLoad } from '../../src/load/load-options.ts'
import { LoadResult } from '../../src/load/load-result.ts'
import type { SampleColumns } from '../../src/load/request-sample.ts'
import { judgeTrial } from '../../src/throughput/trial-judgement.ts'
import { deltaOf, doneOf } from '../load/thread-messages.ts'

const MS = 1e6
const IDLE_NS = 2 * MS

interface Seen {
  readonly objective?: string
  /** requests, and how long each took */
  readonly ok?: readonly (readonly [ms: number, count: number])[]
  readonly failed?: readonly (readonly [ms: number, count: number])[]
  /** of those that succeeded, within the window; default all */
  readonly inWindow?: number
  readonly dropped?: number
  readonly lagMs?: number
  /** requests that came 50 ms late */
  readonly late?: number
  readonly serviceMs?: number
  readonly connections?: number
  readonly outcome?: string
  /** of the answers that are looked at: how long they took at the beginning and at the end */
  readonly rise?: readonly [fromMs: number, toMs: number]
  /** of a hundred of the answers that are looked at, which of them took 300 ms: others took 5 ms */
  readonly slowAt?: readonly number[]
  readonly inFlight?: number
}

/** A thousand requests in a second, which took 5 ms, but for what is said. */
function judge({ ok = [[5, 1000]], failed = [], ...seen }: Seen) {
  const {
    objective: text = 'p99<200ms,errors<0.1%',
    dropped = 0,
    lagMs = 0.05,
    late = 0,
    serviceMs = 3,
    connections = 1000,
    inFlight = 10_000,
  } = seen
  const objective = parseObjective(text)
  if ('problem' in objective) throw new Error(objective.problem)
  const phases = [{ from: 1000, to: 1000, durationNs: 1e9 }]
  const plan = planLoad({
    url: 'http://127.0.0.1/',
    loop: 'open',
    phases,
    maxConnections: connections,
    maxInFlight: inFlight,
  })
  const result = new LoadResult(plan)
  const pairs = (of: typeof ok) => Float64Array.from(of.flatMap(([ms, count]) => [ms * MS, count]))
  const countOf = (of: typeof ok) => of.reduce((sum, [, count]) => sum + count, 0)
  const [succeeded, lost] = [countOf(ok), countOf(failed)]
  const offered = succeeded + lost + dropped
  const delta = deltaOf({
    responseOk: pairs(ok),
    responseFailed: pairs(failed),
    times: {
      service: Float64Array.of(serviceMs * MS, succeeded + lost),
      sendLag: Float64Array.of(lagMs * MS, offered - late, 50 * MS, late),
    },
    outcomes: { 'HTTP 200': succeeded, ...(lost === 0 ? {} : { [seen.outcome ?? 'HTTP 503']: lost }) },
    dropped,
    offered,
    succeededInWindow: seen.inWindow ?? succeeded,
  })
  result.add(0, { type: 'delta', sequence: 0, atNs: 1e9, delta })
  const { rise, slowAt } = seen
  const sample = slowAt === undefined ? rise && sampleOf(rise) : samplesAt(slowAt)
  result.finish(0, doneOf(offered, sample === undefined ? {} : { sample }))
  return judgeTrial(result, objective, IDLE_NS)
}

/** A hundred answers, evenly over a second, which take longer and longer. */
function sampleOf([fromMs, toMs]: readonly [number, number]): SampleColumns {
  return hundred((index) => fromMs + ((toMs - fromMs) * index) / 99)
}

function samplesAt(slowAt: readonly number[]): SampleColumns {
  return hundred((index) => (slowAt.includes(index) ? 300 : 5))
}

function hundred(tookMs: (index: number) => number): SampleColumns {
  const intendedNs = Float64Array.from({ length: 100 }, (_, index) => index * 10 * MS)
  const endNs = intendedNs.map((atNs, index) => atNs + tookMs(index) * MS)
  const same = { takenNs: intendedNs, sentNs: intendedNs, headNs: endNs }
  return { drawnFrom: 100, intendedNs, endNs, ...same, timings: {} }
}

it.each<[string, Seen, string, RegExp | undefined]>([
  ['all as it should be', {}, 'met', undefined],
  [
    'a percentile beyond its limit',
    {
      ok: [
        [5, 900],
        [300, 100],
      ],
    },
    'broken',
    /^p99 was 300 ms, of 200 ms allowed$/,
  ],
  [
    'a percentile near its limit',
    {
      ok: [
        [5, 990],
        [300, 10],
      ],
    },
    'undecided',
    /^p99 was/,
  ],
  ['errors', { failed: [[1, 20]], ok: [[5, 980]] }, 'broken', /^2 % failed, of 0\.1 % allowed$/],
  ['one error in a thousand, where that is the limit', { failed: [[1, 1]], ok: [[5, 999]] }, 'undecided', /failed/],
  ['too few requests to tell of errors', { ok: [[5, 100]] }, 'undecided', /0 % failed/],
  ['errors that are allowed', { objective: 'errors<5%', failed: [[1, 30]], ok: [[5, 970]] }, 'met', undefined],
  [
    'errors that nobody has limited',
    { objective: 'p99<200ms', failed: [[1, 100]], ok: [[5, 900]] },
    'broken',
    /of what was offered succeeded/,
  ],
  [
    'a target that falls behind within its limits',
    { inWindow: 960 },
    'broken',
    /^96 % of what was offered succeeded in its time, and 98\.9 % has to$/,
  ],
  ['a pause at the end, after which all came as quickly as before', { inWindow: 900, rise: [5, 7] }, 'met', undefined],
  ['answers that all came, and took longer and longer', { inWindow: 960, rise: [5, 45] }, 'broken', /^96 % of what/],
  ['some requests on their way at the end', { inWindow: 992 }, 'met', undefined],
  [
    'what was never sent, because too much was under way',
    { dropped: 200, ok: [[900, 800]], serviceMs: 800 },
    'broken',
    /^p99 was 900 ms/,
  ],
  ['nothing that succeeded', { ok: [], failed: [[1, 1000]], outcome: 'ECONNREFUSED' }, 'broken', /100 % failed/],
])('judges %s', (_title, seen, verdict, reason) => {
  const judgement = judge(seen)
  expect(judgement.verdict).toBe(verdict)
  if (reason === undefined) expect(judgement.reasons).toEqual([])
  else
    expect(
      judgement.reasons.some((told) => reason.test(told)),
      judgement.reasons.join('\n'),
    ).toBe(true)
})

it.each<[string, Seen, RegExp]>([
  [
    'came late itself, by what would be too long alone',
    { ok: [[220, 1000]], lagMs: 200 },
    /^the generator came late to what was due \(p99 200\.\d ms\)/,
  ],
  [
    'sent in bunches, of which the target refused some',
    { failed: [[1, 8]], ok: [[5, 992]], late: 9 },
    /^the generator came late/,
  ],
  ['came so late that not all was sent in time', { inWindow: 900, lagMs: 60 }, /^the generator came late/],
  [
    'could open no more connections',
    { failed: [[1, 50]], ok: [[5, 950]], outcome: 'EMFILE' },
    /^EMFILE: this machine could not open more/,
  ],
  [
    'had all connections busy with a target as quick as ever',
    { ok: [[800, 1000]], serviceMs: 5, connections: 5 },
    /^all 5 connections were busy/,
  ],
  [
    'let no more requests be under way, though the target is as quick as ever',
    { ok: [[5, 900]], dropped: 100, serviceMs: 5, inFlight: 5 },
    /^5 requests were under way, and more were not sent/,
  ],
])('does not blame the target where the generator %s', (_title, seen, reason) => {
  const { verdict, reasons, isShort } = judge(seen)
  expect(verdict).toBe('unusable')
  expect(reasons[0]).toMatch(reason)
  expect(isShort).toBe(false)
})

it.each<[string, Seen, string]>([
  [
    'a generator that is late, beside answers that are many times later',
    { ok: [[900, 1000]], inWindow: 500, lagMs: 8 },
    'broken',
  ],
  [
    'connections that are all busy because the target has become slow',
    { ok: [[800, 1000]], serviceMs: 500, connections: 50 },
    'broken',
  ],
  ['what was met although the generator was late', { ok: [[90, 1000]], lagMs: 80 }, 'met'],
  ['more failures than requests that came late', { failed: [[1, 300]], ok: [[5, 700]], late: 40 }, 'broken'],
])('blames the target for %s', (_title, seen, verdict) => {
  expect(judge(seen).verdict).toBe(verdict)
})

it('takes for a shortage only what the target was asked for and did not do', () => {
  expect(judge({ failed: [[1, 300]], ok: [[5, 700]] }).isShort).toBe(true)
  expect(judge({ ok: [[300, 1000]] }).isShort).toBe(false)
  expect(judge({ failed: [[1, 300]], ok: [[5, 700]], late: 40 }).isShort).toBe(false)
})

it('takes what was late together for one reason to be late, which may have been chance', () => {
  const slow = {
    ok: [
      [5, 980],
      [300, 20],
    ],
  } as const
  const apart = { ...slow, slowAt: [3, 21, 42, 63, 84, 95] }
  const together = { ...slow, slowAt: [40, 41, 42, 43, 44, 45] }
  expect(judge(apart).verdict).toBe('broken')
  expect(judge(together).verdict).toBe('undecided')
  expect(judge(together).reasons[0]).toBe(
    'too few requests to tell (1000, and those that are late together count once)',
  )
  // So many that no reason by itself would do.
  expect(
    judge({
      ok: [
        [5, 500],
        [300, 500],
      ],
      slowAt: Array.from({ length: 50 }, (_, at) => at),
    }).verdict,
  ).toBe('broken')
})
