import type { LeakHuntResult } from './hunt-result.ts'

type Found = Pick<LeakHuntResult, 'verdict' | 'watched' | 'sites' | 'kept'>

export interface OverallState {
  readonly state: LeakHuntResult['state']
  /** what is against the verdict, or beside it */
  readonly notes: readonly string[]
}

/** Of requests: more of them failed, and it was not seen at its work. */
const MANY_FAILED_RATIO = 0.5
const SOME_FAILED_RATIO = 0.1

/**
 * A slope alone cries wolf: where the heap is said to leak, objects have to become more as well, by snapshots or by who allocates them. One that
 * answers errors was not seen to stand still at its work.
 */
export function overallState({ verdict, watched, sites, kept }: Found): OverallState {
  const notes: string[] = []
  let { state } = verdict
  const leaking = verdict.signals.filter((signal) => signal.state === 'leaking')
  const isOnlyHeap = leaking.length > 0 && leaking.every(({ signal }) => signal === 'heap')
  if (state === 'leaking' && isOnlyHeap && kept?.classes.length === 0 && sites?.length === 0) {
    state = 'inconclusive'
    notes.push(
      'the heap grew while it was watched, but afterwards neither snapshots nor who allocates showed anything that becomes more: it may have been a cache that was full by then',
    )
  }
  const failedRatio = watched.failed / Math.max(1, watched.requests)
  if (failedRatio >= SOME_FAILED_RATIO) {
    notes.push(`${Math.round(100 * failedRatio)} % of the requests failed: what was seen is that, and not its work`)
  }
  if (state === 'steady' && failedRatio >= MANY_FAILED_RATIO) state = 'inconclusive'
  return { state, notes }
}
