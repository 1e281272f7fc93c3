import { describe, expect, test } from 'vitest'
import { Counter, Gauge, Histogram, renderOpenMetrics } from '../src/metrics.ts'
import { parseOpenMetrics } from './open-metrics.ts'

describe('renderOpenMetrics', () => {
  test('writes counters with the suffix _total, gauges as they are, and an end mark', () => {
    const counter = new Counter({ name: 'requests', help: 'Requests.' })
    counter.add(1, { outcome: 'ok' })
    counter.add(2, { outcome: 'ok' })
    const gauge = new Gauge({ name: 'queue_bytes', unit: 'bytes', help: 'Queued.' }, () => [[7]])
    expect(renderOpenMetrics([counter, gauge])).toBe(
      [
        '# TYPE requests counter',
        '# HELP requests Requests.',
        'requests_total{outcome="ok"} 3',
        '# TYPE queue_bytes gauge',
        '# UNIT queue_bytes bytes',
        '# HELP queue_bytes Queued.',
        'queue_bytes 7',
        '# EOF',
        '',
      ].join('\n'),
    )
  })

  test('histogram buckets are cumulative, their bounds inclusive', () => {
    const histogram = new Histogram({ name: 'duration_seconds', unit: 'seconds', help: 'Duration.' }, [0.5, 1])
    for (const value of [0.5, 0.6, 1, 3]) histogram.observe(value)
    const { samples } = parseOpenMetrics(renderOpenMetrics([histogram]))
    expect(Array.from(samples)).toEqual([
      ['duration_seconds_bucket{le="0.5"}', 1],
      ['duration_seconds_bucket{le="1.0"}', 3],
      ['duration_seconds_bucket{le="+Inf"}', 4],
      ['duration_seconds_count', 4],
      ['duration_seconds_sum', 5.1],
    ])
  })

  test('escapes what would break a label', () => {
    const counter = new Counter({ name: 'odd', help: 'Odd.' })
    counter.add(1, { label: 'a"b\\c\nd' })
    expect(renderOpenMetrics([counter])).toContain('odd_total{label="a\\"b\\\\c\\nd"} 1\n')
  })
})
