import type { LeakVerdict } from '../leak-verdict.ts'
import { MemoryMonitor } from '../memory-monitor.ts'
import type { HuntedTarget, HuntOptions, HuntTimes } from './hunt-options.ts'

const NS_PER_SEC = 1e9
/** So that there are values enough to judge by, however short it is. */
const SAMPLES = 40
const COLLECTIONS = 20

export interface Watched {
  readonly verdict: LeakVerdict
  readonly durationNs: number
  /** that have ended */
  readonly requests: number
  readonly failed: number
  readonly doubts: readonly string[]
}

/** Drive it, and judge what grows; where that is not known, once more for as long as would tell. */
export async function watchTarget(
  target: HuntedTarget,
  options: HuntOptions,
  { watchNs, longestNs }: HuntTimes,
  until: AbortSignal,
): Promise<Watched> {
  const first = await watchFor(watchNs, target, options, until)
  const { state, enoughNs } = first.verdict
  // Of what nobody knows how long would tell, or hours, longer than this is no help.
  const isWorthIt = state === 'inconclusive' && enoughNs !== undefined && enoughNs <= longestNs
  if (!isWorthIt || until.aborted || target.hasEnded) return first
  const second = await watchFor(Math.max(watchNs, enoughNs), target, options, until)
  // One that was broken off is of less than the first.
  return second.durationNs >= first.durationNs || second.verdict.state === 'leaking' ? second : first
}

async function watchFor(
  durationNs: number,
  target: HuntedTarget,
  { load: loadOf, leaks }: HuntOptions,
  until: AbortSignal,
): Promise<Watched> {
  until.throwIfAborted()
  const load = loadOf({ step: 'watch', durationNs })
  const everyNs = Math.min(NS_PER_SEC, durationNs / SAMPLES)
  // By natural collections alone it would take hours.
  const monitor = MemoryMonitor.of(target, { load, everyNs, collectEveryNs: durationNs / COLLECTIONS }).start()
  try {
    await load.run(until)
  } finally {
    await monitor.stop()
  }
  const { result } = load
  return {
    verdict: monitor.verdict(leaks),
    durationNs: Math.max(1, result.measuredNs),
    requests: result.finished,
    failed: result.failed,
    doubts: monitor.doubts,
  }
}
