import { setImmediate as turn } from 'node:timers/promises'
import { PerfKitError } from '../errors/index.ts'
import { type HeapSample, HeapWatch, StartedWorkers, type TargetAgent } from '../target/index.ts'

/** Who tells of a process from inside. */
export interface InsideView {
  readonly look: () => Promise<HeapSample>
  /** all garbage, now */
  readonly collect: () => Promise<unknown>
  readonly end: () => void
}

/** What was collected before the first look is nobody's, and after the last one the target watches no more. The agent is closed by whoever has started it. */
export function viewOfAgent(agent: TargetAgent): InsideView {
  let hasLooked = false
  const look = async (): Promise<HeapSample> => {
    const restart = !hasLooked
    hasLooked = true
    return await agent.heap({ restart })
  }
  // Where it has gone, so has its watch.
  const end = (): void => void agent.endHeap().catch(() => undefined)
  return { look, collect: () => agent.collectGarbage(), end }
}

export function ownView(): InsideView {
  let own: { readonly workers: StartedWorkers; readonly watch: HeapWatch } | undefined
  const look = async (): Promise<HeapSample> => {
    own ??= beginHere()
    return own.watch.sample()
  }
  const end = (): void => {
    own?.watch.stop()
    own?.workers.stop()
  }
  return { look, collect: collectHere, end }
}

function beginHere() {
  const workers = new StartedWorkers()
  return { workers, watch: new HeapWatch(workers) }
}

/** What has just ended is still held by the turn it ended in, and finalizers need a turn to run. */
async function collectHere(): Promise<void> {
  const { gc } = globalThis
  if (gc === undefined) {
    throw new PerfKitError('AGENT_FAILED', 'this process runs without --expose-gc', {
      remedy: 'Start it with --expose-gc, or leave collectEveryNs out.',
    })
  }
  await turn()
  gc()
  await turn()
  gc()
}
