import { expect, it } from 'vitest'
import { OwnPause } from '../../../src/load/thread/own-pause.ts'
import { TemporaryProject } from '../../bench/temporary-project.ts'
import { drive, outcomesOf, steady } from '../drive.ts'
import { OK, scriptedTarget } from '../scripted-target.ts'

const MS = 1e6

it('gives up after a pause what was overdue before it, and the rest in the sweep that follows', () => {
  const pause = new OwnPause(5 * MS)
  const toldAt = (...timesMs: readonly number[]) => timesMs.map((timeMs) => pause.expiryNs(timeMs * MS) / MS)
  // In time, a bit late, then 400 ms late.
  expect(toldAt(100, 105, 119, 519, 524)).toEqual([100, 105, 119, 124, 524])
  // Late all the time: one sweep later, and always further.
  expect(toldAt(600, 700, 800)).toEqual([529, 605, 705])
})

it('is why answers that came meanwhile are no timeouts', async () => {
  // After which timers come first, and what has been received only then.
  const standing = `const stand = () => {
    const fromMs = performance.now()
    while (performance.now() - fromMs < 2_000);
  }
  export default () => {
    setTimeout(() => setImmediate(stand), 800)
    return () => ({ path: '/' })
  }`
  await using target = await scriptedTarget(({ socket }) => setTimeout(() => socket.write(OK), 60))
  await using project = await TemporaryProject.create({ 'requests.js': standing })
  const requestModule = project.path('requests.js')
  const result = await drive(target.url, { requestModule, phases: steady(4, 3_300), timeoutNs: 1_500 * MS })
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  // They have waited all the same.
  expect(result.response.maxValue).toBeGreaterThan(1_500 * MS)
})
