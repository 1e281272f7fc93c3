export { didYouMean } from './did-you-mean.ts'
export { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts'
export { type ErrorCode, PerfKitError, type PerfKitErrorOptions } from './perf-kit-error.ts'
