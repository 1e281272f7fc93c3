import type { Metric, RunNote } from '../run/index.ts'
import type { ShareOfTime, SlowRequests } from './slow-requests.ts'

const SCALED_LIMIT_RATIO = 0.01

/** Where slow requests' time went, as a Run has it: none of it gates, because it explains and does not judge. */
export function slowMetrics(slow: SlowRequests, subject: string): Metric[] {
  const common = { subject, better: 'lower', gates: false } as const
  const single = (name: string, unit: Metric['unit'], value: number): Metric => ({
    ...common,
    name,
    unit,
    value,
    evidence: { kind: 'repetitions', values: [value] },
  })
  const share = (name: string, { ratio, interval }: ShareOfTime): Metric => ({
    ...single(name, 'ratio', ratio),
    ...(interval === undefined ? {} : { interval }),
  })
  return [
    single('slowFrom', 'ns', slow.fromNs),
    single('slowRequests', 'count', slow.count),
    single('slowEpisodes', 'count', slow.episodes),
    ...slow.parts.flatMap(({ name, share: ofTime, excess }) => [
      share(`slowShare ${name}`, ofTime),
      share(`slowExcess ${name}`, excess),
    ]),
  ]
}

/** What has to be known to read them. */
export function slowNotes({ scaledRatio }: SlowRequests): RunNote[] {
  if (scaledRatio <= SCALED_LIMIT_RATIO) return []
  const percent = (100 * scaledRatio).toFixed(0)
  return [
    {
      code: 'SERVER_TIMING_OVERLAPS',
      message: `the target’s Server-Timing adds up to more than the wait for ${percent} % of the slow requests: its times overlap, and are shown smaller, to fit`,
    },
  ]
}
