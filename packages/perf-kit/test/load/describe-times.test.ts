import { expect, it } from 'vitest'
import { describeLoad, describeTimes, type LoadOptions, planLoad } from '../../src/load/index.ts'

const nameOf = (options: Omit<LoadOptions, 'url' | 'loop'>): string => {
  const plan = planLoad({ url: 'http://127.0.0.1/', loop: 'closed', ...options })
  return `${describeLoad(plan)}${describeTimes(plan)}`
}
const ramp = (rampS: number, steadyS: number): LoadOptions['phases'] => [
  { from: 1, to: 100, durationNs: rampS * 1e9 },
  { from: 100, to: 100, durationNs: steadyS * 1e9 },
]
const steady: LoadOptions['phases'] = [{ from: 50, to: 50, durationNs: 60e9 }]

it('names a steady load by its level and times', () => {
  expect(nameOf({ phases: steady, warmupNs: 2e9, thinkNs: 1e9 })).toBe(
    'GET / · 50 clients, 58 s after 2 s, thinking 1 s',
  )
})

it('tells schedules apart that have the same levels and last as long', () => {
  expect(nameOf({ phases: ramp(60, 10) })).toMatch(/^GET \/ · 1 → 100 clients, 70 s in 2 phases #[0-9a-f]{6}$/)
  expect(nameOf({ phases: ramp(60, 10) })).toBe(nameOf({ phases: ramp(60, 10) }))
  expect(nameOf({ phases: ramp(60, 10) })).not.toBe(nameOf({ phases: ramp(10, 60) }))
  const spiked = (everyS: number): string =>
    nameOf({ phases: steady, spikes: { factor: 5, everyNs: everyS * 1e9, lastsNs: 2e9 } })
  expect(spiked(30)).not.toBe(spiked(10))
})
