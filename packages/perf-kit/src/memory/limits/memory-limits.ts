import { ControlGroup } from '../../target/index.ts'
import type { MonitoredTarget } from '../monitor-options.ts'

/** How much memory a process may take; `undefined` where there is no limit, or nobody tells. */
export interface MemoryLimits {
  /** of its main thread's heap without what is young: `--max-old-space-size`, or what V8 has chosen */
  readonly heapBytes: number | undefined
  /** of its control group and all that is above, for all of the group's processes together */
  readonly groupBytes: number | undefined
}

/** What a process may take: of its heap by what its agent says, of all its memory by what Linux says of its control group. */
export function memoryLimitsOf({ pid, agent }: MonitoredTarget): MemoryLimits {
  return {
    heapBytes: agent?.process.oldLimitBytes,
    groupBytes: ControlGroup.of(agent?.process.pid ?? pid).limitBytes(),
  }
}
