export { measureTimer, nowNs, type TimerQuality } from './timer.ts'
