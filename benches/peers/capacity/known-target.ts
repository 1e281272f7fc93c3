import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { rateOfLimit } from './crommelin.ts'

const TARGET_PROCESSOR = 0
const START_TIMEOUT_MS = 10_000

/** A target whose capacity follows from what it is. */
export interface KnownTarget {
  readonly kind: 'bucket' | 'queue'
  /** of the process */
  readonly words: readonly string[]
  /** of `perf-kit capacity`, after the URL */
  readonly args: readonly string[]
  readonly truthPerSec: number
}

const FEWEST_TOKENS_PER_SEC = 500
const RATES = 8
const GOLDEN_RATIO = 0.618_033_988_749_895
const BUCKET_ERRORS = 0.001

const SEEDS_PER_SEARCH = 1000

export const QUEUE_SERVICE_NS = 200_000
export const QUEUE_LIMIT_NS = 10e6
export const QUEUE_BEYOND_RATIO = 0.01

/**
 * A bucket of tokens: what comes when it is empty is refused at once. With requests at even distances, what is offered beyond the rate of the
 * tokens is what is refused, and one in a thousand may be. The rate is another one in each run, from 500 to 4000/s.
 */
export function tokenBucket(number: number): KnownTarget {
  const tokensPerSec = Math.round(FEWEST_TOKENS_PER_SEC * RATES ** ((number * GOLDEN_RATIO) % 1))
  return {
    kind: 'bucket',
    words: ['bucket', String(tokensPerSec)],
    args: ['--objective', `p99<200ms,errors<${100 * BUCKET_ERRORS}%`],
    truthPerSec: tokensPerSec / (1 - BUCKET_ERRORS),
  }
}

/**
 * One server, 0.2 ms for each, and arrivals by chance: M/D/1. When one in a hundred takes longer than 10 ms follows from the
 * distribution of its waiting times. Other arrivals come in each run.
 */
export function fixedQueue(number: number): KnownTarget {
  return {
    kind: 'queue',
    words: ['queue', String(QUEUE_SERVICE_NS)],
    // Each trial counts on from the seed: searches whose seeds follow each other would share most of their arrivals.
    args: [
      ...['--objective', `p99<${QUEUE_LIMIT_NS / 1e6}ms`],
      ...['--arrivals', 'poisson', '--seed', String(SEEDS_PER_SEARCH * number)],
    ],
    truthPerSec: rateOfLimit(QUEUE_SERVICE_NS, QUEUE_LIMIT_NS, QUEUE_BEYOND_RATIO),
  }
}

/** On a processor of its own; ended with the scope that holds it. */
export async function startKnownTarget({ words }: KnownTarget): Promise<{ readonly url: string } & AsyncDisposable> {
  const script = fileURLToPath(new URL('known-process.ts', import.meta.url))
  const command = ['-c', String(TARGET_PROCESSOR), process.execPath, script, ...words]
  const child = spawn('taskset', command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const signal = AbortSignal.timeout(START_TIMEOUT_MS)
  try {
    const [port] = await once(createInterface({ input: child.stdout }), 'line', { signal })
    return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: () => end(child) }
  } catch (cause) {
    await end(child)
    throw new Error('the known target does not start: it needs taskset (util-linux)', { cause })
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
