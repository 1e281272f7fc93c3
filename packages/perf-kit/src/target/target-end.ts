import { constants } from 'node:os'
import type { KernelKills } from './control-group.ts'
import { exceptionWords, heapWords, lastCollections, memoryWords, stackStart } from './stderr-words.ts'

export interface TargetExit {
  readonly code: number | null
  /** `SIGKILL` */
  readonly signal: string | null
}

/**
 * - `out of heap`: V8 came to its heap limit, and ended it
 * - `out of memory`: the system gave it no more memory, and it ended itself
 * - `killed by the kernel`: its control group, or the machine, had no memory left
 * - `exception`: an error that nobody caught
 * - `signal`: another signal, somebody else’s or its own
 * - `exit`: it ended itself, with an exit code
 */
export type EndKind = 'out of heap' | 'out of memory' | 'killed by the kernel' | 'exception' | 'signal' | 'exit'

/** What is known of how a process ended. */
export interface EndEvidence {
  readonly exitCode: number | null
  readonly signal: string | null
  /** the last that it wrote to stderr */
  readonly stderrTail: string
  /** V8's limit of its heap, as it told it itself */
  readonly heapLimitBytes?: number | undefined
  /** how many processes the kernel has killed for want of memory while it ran; `undefined` where the system does not tell */
  readonly kernelKills?: KernelKills | undefined
  /** by us: asked (SIGTERM), or killed after it had not ended when it was asked */
  readonly stopped?: 'asked' | 'killed' | undefined
}

/** Why a process is not there any more. */
export interface EndExplanation extends Pick<EndEvidence, 'exitCode' | 'signal'> {
  readonly kind: EndKind
  /** a sentence's second half: `it ran out of heap …` */
  readonly because: string
  /** what to do about it, as a sentence */
  readonly remedy: string
  /** those lines of stderr that tell it; empty where none do */
  readonly evidence: string
}

/** What a shell, npm and others make of a child's signal: 128 and its number. */
const SHELL_SIGNAL_FROM = 128
/** Of Node: an error that nobody caught, and one that was thrown by who was to handle it. */
const EXCEPTION_CODES: ReadonlySet<number> = new Set([1, 7])
/** Of Node: a top-level await that nothing can settle any more. */
const UNSETTLED_AWAIT = 13
/** How V8 ends a process itself; on some systems its trap is a crash. */
const V8_SIGNALS: ReadonlySet<string> = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGSEGV'])
/** What asks to end: whoever sent it is not the target. */
const ASKING: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])
const BYTES_PER_MIB = 2 ** 20

/**
 * Why a process has ended: by its exit first, and by its last words only where these can be of that exit. A child that it had may have said them long before.
 */
export function explainEnd(evidence: EndEvidence): EndExplanation {
  const { exitCode, signal } = evidence
  const explained = stoppedByUs(evidence) ?? killedByKernel(evidence) ?? outOfMemory(evidence) ?? ended(evidence)
  return { exitCode, signal, ...explained }
}

type Explained = Omit<EndExplanation, 'exitCode' | 'signal'>

function stoppedByUs({ stopped, signal, exitCode }: EndEvidence): Explained | undefined {
  if (stopped === undefined) return undefined
  if (stopped === 'killed' && signal === 'SIGKILL') {
    return {
      kind: 'signal',
      because: 'it did not end when it was asked to (SIGTERM), and was killed',
      remedy: 'Let it end on SIGTERM, or give it more time (stopTimeout).',
      evidence: '',
    }
  }
  // What it died of on its way out is told as at any other time.
  const isOrdinary = exitCode === 0 || signal === 'SIGTERM' || signalBehind(exitCode) === 'SIGTERM'
  if (!isOrdinary) return undefined
  return {
    kind: signal === null ? 'exit' : 'signal',
    because: 'it ended when it was asked to',
    remedy: '',
    evidence: '',
  }
}

function killedByKernel(evidence: EndEvidence): Explained | undefined {
  const { group = 0, machine = 0, groupLimitHits = 0 } = evidence.kernelKills ?? {}
  if (signalOf(evidence) !== 'SIGKILL' || group + machine === 0) return undefined
  // The kernel counts among those of a group whom it killed because the machine had nothing left, too.
  const isOfGroup = group > 0 && groupLimitHits > 0
  return {
    kind: 'killed by the kernel',
    because: isOfGroup
      ? 'the kernel killed it (SIGKILL): its control group had come to its memory limit'
      : 'the kernel killed it (SIGKILL), as far as can be told: the machine had no memory left, and it killed a process meanwhile',
    remedy:
      'Give it a heap limit well below what it may take in all (--max-old-space-size), so that it collects in time; or give it more.',
    evidence: '',
  }
}

function outOfMemory(evidence: EndEvidence): Explained | undefined {
  const { exitCode, stderrTail, heapLimitBytes } = evidence
  const signal = signalOf(evidence)
  // Somebody who speaks of such an end, and ends well or by another signal, has not died of it.
  if (exitCode === 0 || (signal !== undefined && !V8_SIGNALS.has(signal))) return undefined
  const heap = heapWords(stderrTail)
  if (heap !== undefined) {
    const limit = heapLimitBytes === undefined || heap.isWorker ? '' : `, of ${mib(heapLimitBytes)}`
    const who = heap.isWorker || signal !== undefined || process.platform === 'win32' ? 'it' : 'one of its processes'
    return {
      kind: 'out of heap',
      because: `${who} ran out of heap${limit} (${heap.reason}), and V8 ended it: ${exitWord(evidence)}`,
      remedy:
        'Look at what it keeps (docs/leaks.md), or at a snapshot of what lay there (--snapshot-at-limit); if it needs as much, raise --max-old-space-size.',
      evidence: [...lastCollections(stderrTail), heap.line].join('\n'),
    }
  }
  const memory = memoryWords(stderrTail)
  if (memory === undefined) return undefined
  return {
    kind: 'out of memory',
    because: `the system gave it no more memory (${memory.reason}), and it ended itself: ${exitWord(evidence)}`,
    remedy: 'Look at limits of the system (ulimit -a), and at what it holds outside of its heap.',
    evidence: memory.line,
  }
}

function ended(evidence: EndEvidence): Explained {
  const { exitCode, stderrTail } = evidence
  const signal = signalOf(evidence)
  // With --abort-on-uncaught-exception it is a signal.
  const mayBeError = signal === undefined ? exitCode !== 0 : V8_SIGNALS.has(signal)
  const exception = mayBeError ? exceptionWords(stderrTail) : undefined
  if (exception !== undefined) {
    return {
      kind: 'exception',
      because: `nobody caught an error, ${exitWord(evidence)}: ${exception}`,
      remedy: 'Catch it where it is thrown; a request must not end a server.',
      evidence: stackStart(stderrTail).join('\n'),
    }
  }
  if (signal !== undefined) {
    const [because, remedy] = signalMeaning(signal, evidence)
    return { kind: 'signal', because, remedy, evidence: '' }
  }
  if (exitCode !== null && EXCEPTION_CODES.has(exitCode) && stackStart(stderrTail).length > 0) {
    return {
      kind: 'exception',
      because: `it ended itself after an error, ${exitWord(evidence)}`,
      remedy: 'See what it says of it.',
      evidence: stackStart(stderrTail).join('\n'),
    }
  }
  return {
    kind: 'exit',
    because:
      exitCode === UNSETTLED_AWAIT
        ? `it had nothing to do any more but to wait for a promise that nothing could settle: ${exitWord(evidence)}`
        : `it ended itself: ${exitWord(evidence)}`,
    remedy:
      exitCode === 0
        ? 'What is driven has to stay in the foreground: a server has no reason to end before it is asked to.'
        : 'See what it says of it; a server has no reason to end before it is asked to.',
    evidence: '',
  }
}

function signalMeaning(signal: string, { kernelKills }: EndEvidence): readonly [because: string, remedy: string] {
  if (signal === 'SIGKILL') {
    const kernel =
      kernelKills?.group === undefined && kernelKills?.machine === undefined
        ? 'somebody else, or the kernel because memory had run out: this system does not tell'
        : 'somebody else; the kernel says that it has killed nobody for want of memory'
    return [`it was killed (SIGKILL) by ${kernel}`, 'Look for who ends processes on this machine.']
  }
  if (ASKING.has(signal)) {
    return [`somebody else asked it to end (${signal})`, 'Look for who ends processes on this machine.']
  }
  return [
    `it crashed (${signal}): native code, or the runtime itself`,
    'Start it with --abort-on-uncaught-exception, or look at a core dump; native modules are the usual place.',
  ]
}

/** Of a shell, npm and others, that of what they have started. */
function signalOf({ signal, exitCode }: Pick<EndEvidence, 'signal' | 'exitCode'>): string | undefined {
  return signal ?? signalBehind(exitCode)
}

function signalBehind(exitCode: number | null): string | undefined {
  if (exitCode === null || exitCode <= SHELL_SIGNAL_FROM) return undefined
  const number = exitCode - SHELL_SIGNAL_FROM
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
}

function exitWord({ exitCode, signal }: Pick<EndEvidence, 'signal' | 'exitCode'>): string {
  if (signal !== null) return signal
  const behind = signalBehind(exitCode)
  return behind === undefined ? `exit code ${exitCode}` : `exit code ${exitCode}, which is ${behind}`
}

function mib(bytes: number): string {
  return `${Math.round(bytes / BYTES_PER_MIB)} MiB`
}
