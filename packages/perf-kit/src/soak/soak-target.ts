import type { LoadGenerator } from '../load/index.ts'
import { MemoryMonitor } from '../memory/index.ts'
import type { StartedProcess } from '../target/index.ts'
import { MemoryFeed } from './memory-feed.ts'

/** Whom to drive. */
export interface SoakTarget {
  readonly url: string
  /** that was started for it, and is ended with it */
  readonly process?: StartedProcess
  /** of one that somebody else has started: whose memory is watched, from outside */
  readonly pid?: number
}

/** Nobody's of a URL alone. */
export function watchedPid({ process, pid }: SoakTarget): number | undefined {
  return process?.agent?.process.pid ?? process?.pid ?? pid
}

export function feedOf({ process, pid }: SoakTarget, load: LoadGenerator): MemoryFeed | undefined {
  if (process !== undefined) return new MemoryFeed((options) => MemoryMonitor.of(process, options), load)
  return pid === undefined ? undefined : new MemoryFeed((options) => MemoryMonitor.ofProcess(pid, options), load)
}

export function doubtsOf(target: SoakTarget, feed: MemoryFeed | undefined): readonly string[] {
  if (feed === undefined) return ['nothing is known of its memory: --pid would say whose to watch']
  const pid = watchedPid(target)
  if (!feed.hasEnded || target.process?.hasEnded === true) return feed.doubts
  return [
    ...feed.doubts,
    `process ${pid}, whose memory was watched, ended while the target went on: from then on another one answered, of which nothing is known`,
  ]
}

/** Of one that has ended: why, and what of it was kept. */
export async function wordsOfEnd({ process: target }: SoakTarget): Promise<string> {
  const end = await target?.explainEnd()
  const snapshots = (await target?.limitSnapshots()) ?? []
  const paths = snapshots.map(({ path, isWhole }) => (isWhole ? path : `${path}, which is not whole`)).join(', ')
  const kept = snapshots.length === 0 ? '' : `; what lay on its heap is in ${paths}`
  return end === undefined ? 'the target ended' : `the target ended: ${end.because}${kept}. ${end.remedy}`.trim()
}
