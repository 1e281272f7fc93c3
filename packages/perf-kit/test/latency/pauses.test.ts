import { expect, it } from 'vitest'
import { Pauses } from '../../src/latency/pauses.ts'

const span = (startNs: number, endNs: number) => ({ startNs, endNs })
const PAUSES = new Pauses([span(50, 60), span(10, 20), span(30, 40)])

it.each([
  ['before all of them', span(0, 10), [span(0, 10)]],
  ['after all of them', span(60, 70), [span(60, 70)]],
  ['that is one of them', span(30, 40), []],
  ['within one of them', span(32, 38), []],
  ['around one of them', span(25, 45), [span(25, 30), span(40, 45)]],
  ['that begins in one and ends in another', span(15, 35), [span(20, 30)]],
  ['around all of them', span(5, 65), [span(5, 10), span(20, 30), span(40, 50), span(60, 65)]],
])('leave of a time %s what they did not take', (_title, time, pieces) => {
  expect(PAUSES.remainderOf(time)).toEqual(pieces)
  const leftNs = pieces.reduce((sum, { startNs, endNs }) => sum + endNs - startNs, 0)
  expect(PAUSES.overlapNs(time.startNs, time.endNs) + leftNs).toBe(time.endNs - time.startNs)
})
