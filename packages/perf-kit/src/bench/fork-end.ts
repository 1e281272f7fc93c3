import { PerfKitError } from '../errors/index.ts'

/** How a measured process came to its end. */
export interface ForkEnd {
  /** why we ended it, if we did */
  readonly endedFor: 'timeout' | 'memory' | 'interrupted' | undefined
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** the end of what it printed */
  readonly output: string
  /** whether something else came through the pipe that its messages come through */
  readonly garbled: boolean
}

/** Node's exit code for a top-level await that nothing can settle any more. */
const UNSETTLED_AWAIT = 13

/** A fork that gave no result, explained to its user. */
export function explainForkEnd(
  { endedFor, code, signal, output, garbled }: ForkEnd,
  limits: { readonly timeoutNs: number; readonly memoryLimitBytes: number },
): PerfKitError {
  const said = output === '' ? '' : `; its last words:\n${output}`
  if (endedFor === 'interrupted') {
    return new PerfKitError('INTERRUPTED', 'interrupted', { remedy: 'Start it again to measure the rest.' })
  }
  if (endedFor === 'timeout') {
    return new PerfKitError('FORK_TIMEOUT', `did not end within ${limits.timeoutNs / 1e9} s${said}`, {
      remedy: 'Check that its promises resolve; if it is only slow, raise `bench.forkTimeout` in the config.',
    })
  }
  if (endedFor === 'memory' || /heap out of memory/i.test(output)) {
    const limit = `${Math.round(limits.memoryLimitBytes / 2 ** 20)} MiB`
    return new PerfKitError('FORK_OUT_OF_MEMORY', `needs more than its ${limit} of memory`, {
      remedy: 'Check that it keeps nothing from call to call; if it must be large, raise `bench.memoryLimit`.',
    })
  }
  if (garbled) {
    return new PerfKitError('FORK_PROTOCOL', `wrote something of its own into file descriptor 3${said}`, {
      remedy: 'Leave file descriptors 3 and 4 alone: the results come through them.',
    })
  }
  if (code === UNSETTLED_AWAIT) {
    return new PerfKitError('FORK_TIMEOUT', 'waits for a promise that nothing can resolve any more', {
      remedy: 'Resolve every promise that setup, fn or teardown returns.',
    })
  }
  if (signal !== null) {
    return new PerfKitError('FORK_EXITED', `its process was ended by ${signal}${said}`, {
      remedy:
        'Something outside ended it; look at the system log (the kernel kills the largest process when memory ends).',
    })
  }
  return new PerfKitError('FORK_EXITED', `its process ended with exit code ${code} before it had measured${said}`, {
    remedy: 'A benchmark must not call process.exit, and must leave no error uncaught.',
  })
}
