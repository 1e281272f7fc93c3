export { sharedClockOffsetNs } from './shared-clock.ts'
export { measureTimer, nowNs, type TimerQuality } from './timer.ts'
