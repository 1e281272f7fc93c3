import { expect, it } from 'vitest'
import { type LoadOptions, planLoad } from '../../src/load/load-options.ts'
import { LoadResult } from '../../src/load/load-result.ts'
import { loadSeries } from '../../src/load/load-series.ts'
import type { Delta } from '../../src/load/thread/messages.ts'
import { deltaOf, doneOf } from './thread-messages.ts'

const MS = 1e6
const S = 1e9

function planned(options: Partial<LoadOptions>): LoadResult {
  const phases = [{ from: 10, to: 10, durationNs: 3 * S }]
  return new LoadResult(planLoad({ url: 'http://127.0.0.1/', loop: 'open', phases, ...options }))
}

function delta(values: { readonly ok?: number[]; readonly failed?: number[]; readonly dropped?: number }): Delta {
  const { ok = [], failed = [], dropped = 0 } = values
  const counted = (times: number[]) => Float64Array.from(times.flatMap((timeNs) => [timeNs, 1]))
  return deltaOf({
    responseOk: counted(ok),
    responseFailed: counted(failed),
    dropped,
    offered: ok.length + failed.length + dropped,
    succeededInWindow: ok.length,
  })
}

/** Tells a second's counts a little after its end, as a thread does. */
function tell(result: LoadResult, thread: number, second: number, told: Delta): void {
  result.add(thread, { type: 'delta', sequence: second, atNs: (second + 1) * S + 5 * MS, delta: told })
}

function end(result: LoadResult, finishedByThread: readonly number[]): void {
  for (const [thread, finished] of finishedByThread.entries()) {
    result.finish(thread, doneOf(finished))
  }
}

function seriesOf(result: LoadResult) {
  return Object.fromEntries(loadSeries(result, 'x').map(({ name, values }) => [name, values]))
}

it('has a value a second, of all threads together', () => {
  const result = planned({ threads: 2 })
  tell(result, 0, 0, delta({ ok: [1 * MS, 1 * MS, 1 * MS] }))
  tell(result, 1, 0, delta({ ok: [9 * MS], failed: [20 * MS] }))
  tell(result, 0, 1, delta({ ok: [2 * MS] }))
  tell(result, 1, 1, delta({ ok: [4 * MS], dropped: 3 }))
  tell(result, 0, 2, delta({}))
  tell(result, 1, 2, delta({}))
  end(result, [4, 6])
  const series = seriesOf(result)
  expect(series).toMatchObject({
    plannedRate: [10, 10, 10],
    succeeded: [4, 2, 0],
    failed: [1, 0, 0],
    notSent: [0, 3, 0],
  })
  // Percentiles of the merged distribution, not a mean of two threads' percentiles.
  expect(series['responseTimeP50']?.[0]).toBeCloseTo(1 * MS, -4)
  expect(series['responseTimeMax']?.[0]).toBeCloseTo(20 * MS, -5)
  expect(series['responseTimeP99']?.[2]).toBeNull()
})

it('merges a thread that tells of a second long after the others', () => {
  const result = planned({ threads: 2 })
  for (const second of [0, 1, 2]) tell(result, 0, second, delta({ ok: [1 * MS] }))
  for (const second of [0, 1, 2]) tell(result, 1, second, delta({ ok: [5 * MS, 5 * MS] }))
  end(result, [3, 6])
  expect(seriesOf(result)['responseTimeP50']?.map((value) => Math.round((value ?? 0) / MS))).toEqual([5, 5, 5])
})

it('gives a second what is told of it, however late a thread comes to that, and the next one its own', () => {
  const result = planned({})
  tell(result, 0, 0, delta({ ok: [MS] }))
  // Its event loop stood still for 0.4 s.
  result.add(0, { type: 'delta', sequence: 1, atNs: 2.4 * S, delta: delta({ ok: [MS, MS] }) })
  result.add(0, { type: 'delta', sequence: 2, atNs: 3.01 * S, delta: delta({ ok: [MS, MS, MS] }) })
  // The last tells of so little that it belongs to the second before.
  result.add(0, { type: 'delta', sequence: 3, atNs: 3.02 * S, delta: delta({ ok: [MS] }) })
  end(result, [7])
  expect(seriesOf(result)['succeeded']).toEqual([1, 2, 4])
  expect(result.wholeSeconds).toEqual([1, 2, 4])
})

it('puts what came in after a pause of whole seconds into the second in which it came', () => {
  const phases = [{ from: 10, to: 10, durationNs: 5 * S }]
  const result = planned({ phases })
  for (const second of [0, 1]) tell(result, 0, second, delta({ ok: [MS] }))
  // It stood still from 2 s to 4.5 s, and then tells of each second that it has missed.
  result.add(0, { type: 'delta', sequence: 2, atNs: 4.5 * S, delta: delta({ ok: [MS, MS, MS] }) })
  result.add(0, { type: 'delta', sequence: 3, atNs: 4.51 * S, delta: delta({ ok: [MS] }) })
  result.add(0, { type: 'delta', sequence: 4, atNs: 5.01 * S, delta: delta({ ok: [MS] }) })
  end(result, [7])
  expect(seriesOf(result)['succeeded']).toEqual([1, 1, 0, 0, 5])
})

it('leaves out the warm-up, and makes a rate of the counted part of a second that is half of each', () => {
  const result = planned({ warmupNs: 1.5 * S })
  tell(result, 0, 0, delta({}))
  tell(result, 0, 1, delta({ ok: [MS, MS, MS, MS, MS] }))
  tell(result, 0, 2, delta({ ok: [MS, MS, MS, MS, MS, MS, MS, MS, MS, MS] }))
  end(result, [15])
  expect(seriesOf(result)['succeeded']).toEqual([null, 10, 10])
})

it('has a value for a run of less than a second, and none for one that never began', () => {
  const short = planned({ phases: [{ from: 10, to: 10, durationNs: 0.5 * S }] })
  short.add(0, { type: 'delta', sequence: 0, atNs: 0.55 * S, delta: delta({ ok: [MS, MS, MS, MS, MS] }) })
  end(short, [5])
  expect(seriesOf(short)['succeeded']).toEqual([10])
  expect(loadSeries(planned({}), 'x')).toEqual([])
})

it('shows the clients of a ramp as they were in the middle of each second', () => {
  const result = planned({ loop: 'closed', phases: [{ from: 0, to: 20, durationNs: 2 * S }] })
  for (const second of [0, 1]) tell(result, 0, second, delta({ ok: [MS] }))
  end(result, [2])
  expect(seriesOf(result)['clients']).toEqual([5, 15])
})
