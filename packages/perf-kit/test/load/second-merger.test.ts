import { expect, it } from 'vitest'
import { planLoad } from '../../src/load/load-options.ts'
import { SecondMerger } from '../../src/load/second-merger.ts'
import type { StreamedSecond } from '../../src/load/streamed-second.ts'
import { deltaOf } from './thread-messages.ts'

const MS = 1e6
const S = 1e9

function mergerOf(threads: number) {
  const phases = [{ from: 10, to: 10, durationNs: 3 * S }]
  const plan = planLoad({ url: 'http://127.0.0.1/', loop: 'open', phases, threads })
  const told: StreamedSecond[] = []
  const merger = new SecondMerger(plan, (second) => told.push(second))
  const tell = (thread: number, sequence: number, ok: number, failed = 0): void => {
    const delta = deltaOf({
      responseOk: ok === 0 ? Float64Array.of() : Float64Array.of(5 * MS, ok),
      responseFailed: failed === 0 ? Float64Array.of() : Float64Array.of(5 * MS, failed),
      outcomes: { ...(ok === 0 ? {} : { 'HTTP 200': ok }), ...(failed === 0 ? {} : { TIMEOUT: failed }) },
      offered: ok + failed,
      succeededInWindow: ok,
    })
    merger.add(thread, { type: 'delta', sequence, atNs: (sequence + 1) * S + thread * MS, delta })
  }
  return { merger, told, tell }
}

it('waits for the last thread of a second, and not for another second', () => {
  const { told, tell } = mergerOf(3)
  tell(0, 0, 1)
  tell(0, 1, 10)
  tell(2, 0, 2, 3)
  expect(told).toEqual([])
  tell(1, 0, 4)
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({
    second: 0,
    untilNs: S + 2 * MS,
    offered: 10,
    finished: 10,
    failed: 3,
    succeededInWindow: 7,
    outcomes: { 'HTTP 200': 7, TIMEOUT: 3 },
  })
})

it('tells of each second once, in their order, however threads come to it', () => {
  const { told, tell } = mergerOf(2)
  for (const second of [0, 1, 2]) tell(1, second, 1)
  tell(0, 0, 1)
  expect(told.map(({ second }) => second)).toEqual([0])
  tell(0, 1, 1)
  tell(0, 2, 1)
  expect(told.map(({ second, finished }) => [second, finished])).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
  ])
})

it('does not wait for a thread that is done', () => {
  const { merger, told, tell } = mergerOf(2)
  tell(0, 0, 1)
  merger.finish(0)
  tell(1, 0, 1)
  tell(1, 1, 5)
  tell(1, 2, 6)
  merger.finish(1)
  expect(told.map(({ second, finished }) => [second, finished])).toEqual([
    [0, 2],
    [1, 5],
    [2, 6],
  ])
})
