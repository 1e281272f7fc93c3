import { describe, expect, it } from 'vitest'
import { repeatedPhases, restOfPhases } from '../../src/soak/rest-of-phases.ts'

const LOADED = { from: 50, to: 50, durationNs: 120 }
const IDLE = { from: 0, to: 0, durationNs: 60 }

describe('a schedule that is gone on with', () => {
  it('is what is left of it', () => {
    expect(restOfPhases([LOADED, IDLE], 0)).toEqual([LOADED, IDLE])
    expect(restOfPhases([LOADED, IDLE], 130)).toEqual([{ ...IDLE, durationNs: 50 }])
    expect(restOfPhases([LOADED, IDLE], 180)).toEqual([])
  })

  it('goes on with a ramp at the level at which it stopped', () => {
    expect(restOfPhases([{ from: 0, to: 100, durationNs: 100 }], 25)).toEqual([{ from: 25, to: 100, durationNs: 75 }])
  })
})

describe('a cycle', () => {
  it('comes again and again until its end, however much of it that takes', () => {
    expect(repeatedPhases([LOADED, IDLE], 310)).toEqual([LOADED, IDLE, LOADED, { ...IDLE, durationNs: 10 }])
    expect(repeatedPhases([LOADED, IDLE], 100)).toEqual([{ ...LOADED, durationNs: 100 }])
  })
})
