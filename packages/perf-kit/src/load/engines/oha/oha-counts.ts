import { setImmediate as turnOfEventLoop } from 'node:timers/promises'
import { durationNsOf, type LoadPlan } from '../../load-plan.ts'
import type { LoadResult } from '../../load-result.ts'
import { Recorder } from '../../thread/recorder.ts'
import type { OhaRequest } from './oha-requests.ts'
import type { FailureCounts } from './oha-summary.ts'

const NS_PER_SEC = 1e9
const FIRST_ERROR_STATUS = 400
/** Ctrl-C is heard between so many. */
const PIECE = 20_000

/** Counts what oha has stored, second by second, as if it had been told while it came in. */
export async function countOha(
  requests: AsyncIterable<OhaRequest>,
  failures: FailureCounts,
  result: LoadResult,
  wasStopped: boolean,
): Promise<void> {
  const { plan } = result
  const durationNs = durationNsOf(plan)
  const recorder = new Recorder({ fromNs: 0, toNs: durationNs })
  const untimed = [...failures.values()].reduce((sum, count) => sum + count, 0)
  let sequence = 0
  let toldUntilNs = 0
  let counted = 0
  for await (const request of requests) {
    while (request.endNs >= toldUntilNs + NS_PER_SEC) {
      toldUntilNs += NS_PER_SEC
      result.add(0, { type: 'delta', sequence: sequence++, atNs: toldUntilNs, delta: recorder.take() })
    }
    count(request, placeOf(request, plan, untimed === 0), recorder, durationNs)
    counted++
    if (counted % PIECE === 0) await turnOfEventLoop()
  }
  const ended = recorder.finished + untimed
  const dropped = wasStopped ? 0 : Math.max(0, plannedRequests(plan) - ended)
  const delta = recorder.take()
  result.add(0, {
    type: 'delta',
    sequence,
    atNs: toldUntilNs + NS_PER_SEC,
    delta: {
      ...delta,
      outcomes: { ...delta.outcomes, ...Object.fromEntries(failures) },
      untimed,
      offered: delta.offered + untimed + dropped,
      dropped,
    },
  })
  result.finish(0, { type: 'done', wasStopped, finished: ended + dropped, busyRatio: 0 })
}

interface Place {
  readonly intendedNs: number
  /** when oha came to it, if it is known when it should have */
  readonly reachedNs?: number
}

/**
 * When a request should have been sent. oha counts a rate's times from when its timer woke for a request, which may be late. Its
 * requests take their turns in order: if all are here, number n is the one that was due at n ÷ rate.
 */
function placeOf({ dueNs, sentNs, turn }: OhaRequest, { traffic }: LoadPlan, areAllHere: boolean): Place {
  if (traffic.loop === 'closed') return { intendedNs: sentNs }
  const reachedNs = dueNs ?? sentNs
  if (!areAllHere) return { intendedNs: reachedNs }
  return { intendedNs: (turn * NS_PER_SEC) / ratePerSec(traffic), reachedNs }
}

function count(request: OhaRequest, { intendedNs, reachedNs }: Place, recorder: Recorder, durationNs: number): void {
  // It may send one more at the very end.
  if (intendedNs >= durationNs) return
  const { sentNs, endNs, status, bytes } = request
  if (reachedNs === undefined) recorder.ask(intendedNs)
  else recorder.due(intendedNs, reachedNs)
  recorder.received(intendedNs, bytes)
  recorder.end({
    outcome: `HTTP ${status}`,
    isOk: status < FIRST_ERROR_STATUS,
    intendedNs,
    takenNs: reachedNs ?? intendedNs,
    sentNs,
    endNs,
  })
}

/** Of a closed loop nothing is planned. */
function plannedRequests(plan: LoadPlan): number {
  if (plan.traffic.loop === 'closed') return 0
  return Math.round((ratePerSec(plan.traffic) * durationNsOf(plan)) / NS_PER_SEC)
}

function ratePerSec(traffic: Extract<LoadPlan['traffic'], { loop: 'open' }>): number {
  return traffic.ratePerSec[0]?.to ?? 0
}
