import { setTimeout as sleep } from 'node:timers/promises'
import { PerfKitError } from '../../errors/index.ts'
import type { Run } from '../../run/index.ts'
import { poolRuns } from './pool-runs.ts'

const NS_PER_MS = 1e6
/** Ports and processes of the one before are gone by then, and what it has heated has cooled a little. */
const REST_NS = 1e9

export interface Repeating {
  /** how often; comparing takes 5 on both sides */
  readonly count: number
  /** between the end of one and the beginning of the next; default 1 s */
  readonly restNs?: number
  readonly signal?: AbortSignal
}

/**
 * Measure the same several times, and make one Run of it: figures are of all repetitions together, and those that are compared with
 * another day's have the value of each repetition beside them. A repetition should be of a process that has been started for it:
 * what one process keeps for all its life (how its code was compiled, where its memory lies) is in all its figures alike.
 *
 * The first invalid repetition is the last, because the whole is invalid then. Interrupted, it is of the repetitions that are whole.
 *
 * @param measure - one repetition, number `index` from 0: a Run of kind `load` or `latency`, with the same subjects each time
 * @throws {PerfKitError} `LOAD_INVALID` for a number of repetitions that is none, and what `measure` throws
 */
export async function repeatRuns(
  measure: (index: number) => Promise<Run>,
  { count, restNs = REST_NS, signal }: Repeating,
): Promise<Run> {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new PerfKitError('LOAD_INVALID', `${count} is no number of repetitions`, {
      remedy: 'Give a whole number above 0; comparing takes 5 or more.',
    })
  }
  const startMs = performance.now()
  const runs: Run[] = []
  for (let index = 0; index < count && !isAborted(signal); index++) {
    if (index > 0) await rest(restNs, signal)
    const run = isAborted(signal) ? undefined : await measured(measure(index), runs.length > 0, signal)
    if (run === undefined || isCutShort(run, runs.length > 0, signal)) break
    runs.push(run)
    if (run.validity.state === 'invalid') break
  }
  const durationNs = Math.round((performance.now() - startMs) * NS_PER_MS)
  return poolRuns(runs, { planned: count, durationNs, wasEnded: isAborted(signal) })
}

/** Asked again after each wait, which the compiler does not know to change it. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** An interruption while a target starts is an error there; here it is none, once there is something to show. */
async function measured(run: Promise<Run>, hasOthers: boolean, signal?: AbortSignal): Promise<Run | undefined> {
  try {
    return await run
  } catch (error) {
    if (isAborted(signal) && hasOthers) return undefined
    throw error
  }
}

/** A part of a repetition tells less than whole ones do, and is no measurement of what they are. */
function isCutShort({ validity }: Run, hasOthers: boolean, signal?: AbortSignal): boolean {
  return isAborted(signal) && hasOthers && validity.state === 'invalid'
}

async function rest(restNs: number, signal?: AbortSignal): Promise<void> {
  await sleep(restNs / NS_PER_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
}
