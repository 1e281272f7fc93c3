import { describe, expect, it } from 'vitest'
import { sparkline } from '../../src/report/sparkline.ts'

describe('a series in a line of blocks', () => {
  it('goes from zero up to its highest', () => {
    expect(sparkline([0, 25, 50, 100])).toBe('▁▂▄█')
  })

  it('leaves a blank where there was nothing to measure', () => {
    expect(sparkline([1, null, 1])).toBe('█ █')
  })

  it('shows one second in eight hours', () => {
    const hours = Array.from({ length: 28_800 }, (_, second) => (second === 12_345 ? 1000 : 1))
    const line = sparkline(hours)
    expect(line).toHaveLength(60)
    expect(line.replaceAll('▁', '')).toBe('█')
  })

  it('is flat for nothing at all', () => {
    expect(sparkline([0, 0])).toBe('▁▁')
    expect(sparkline([])).toBe('')
  })
})
