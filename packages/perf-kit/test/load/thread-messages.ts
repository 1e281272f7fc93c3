import type { Delta, ThreadMessage } from '../../src/load/thread/messages.ts'
import { eachTime, type TimeName } from '../../src/load/time-names.ts'

interface Told extends Partial<Omit<Delta, 'times'>> {
  readonly times?: Partial<Record<TimeName, Float64Array>>
}

/** What a thread tells of a second in which nothing happened but this. */
export function deltaOf({ times = {}, ...told }: Told = {}): Delta {
  return {
    responseOk: Float64Array.of(),
    responseFailed: Float64Array.of(),
    outcomes: {},
    dropped: 0,
    unsent: 0,
    offered: 0,
    succeededInWindow: 0,
    receivedBytes: 0,
    ...told,
    times: { ...eachTime(() => Float64Array.of()), ...times },
  }
}

type Done = Extract<ThreadMessage, { type: 'done' }>

/** What a thread tells at its end. */
export function doneOf(finished: number, told: Partial<Done> = {}): Done {
  const none = Float64Array.of()
  const sample = {
    drawnFrom: 0,
    intendedNs: none,
    takenNs: none,
    sentNs: none,
    headNs: none,
    endNs: none,
    timings: {},
  }
  return { type: 'done', wasStopped: false, finished, busyRatio: 0, sample, ...told }
}
