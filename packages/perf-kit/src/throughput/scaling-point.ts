import {
  LoadGenerator,
  type LoadOptions,
  type LoadResult,
  type StartedTarget,
  startedTargetFacts,
  TargetSeconds,
  toLoadRun,
} from '../load/index.ts'
import { EvidenceWatch } from './evidence-watch.ts'
import type { ScalingEvidence } from './scaling-evidence.ts'
import type { SweepPoint } from './sweep.ts'

/** One load of a sweep: so many clients, each of which waits for its answer. */
export interface ScalingPointOptions extends Omit<LoadOptions, 'loop' | 'phases' | 'spikes' | 'onSecond'> {
  readonly clients: number
  /** its warm-up not counted */
  readonly durationNs: number
  /** what is driven, if it was started for it: looked into, if it has an agent */
  readonly target?: StartedTarget & { readonly pid: number }
  readonly signal?: AbortSignal
  /** told when it begins, of what is counted from then on */
  readonly onStart?: (result: LoadResult) => void
}

/** Drive it, and look at what may limit it meanwhile. */
export async function measureScalingPoint(options: ScalingPointOptions): Promise<SweepPoint> {
  const { clients, durationNs, target, signal, onStart, warmupNs = 0, ...load } = options
  const startedAt = new Date()
  const generator = new LoadGenerator({
    ...load,
    loop: 'closed',
    warmupNs,
    phases: [{ from: clients, to: clients, durationNs: warmupNs + durationNs }],
  })
  const { result } = generator
  const inside = target?.agent === undefined ? undefined : TargetSeconds.watch(target.agent, generator)
  const watch = EvidenceWatch.watch(generator, target?.pid)
  onStart?.(result)
  let evidence: ScalingEvidence
  try {
    await generator.run(signal)
  } finally {
    evidence = await watch.stop()
    await inside?.stop(false)
  }
  const run = toLoadRun(result, {
    suite: 'throughput',
    subject: 'load',
    configuration: 'default',
    startedAt,
    durationNs: result.durationNs,
    source: { commit: null, dirty: false },
    ...startedTargetFacts(target, inside),
  })
  return { run, evidence }
}
