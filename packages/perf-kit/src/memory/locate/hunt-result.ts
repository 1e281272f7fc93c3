import type { LeakVerdict } from '../leak-verdict.ts'
import type { AllocationSite, PerRequest } from './allocation-sites.ts'
import type { KeptObjects } from './snapshot-steps.ts'

/** What requests allocate, garbage and all. */
export interface AllocationTracking {
  readonly bytesPerRequest: PerRequest
  /** of the time, the share in which the main thread stood still for its collector */
  readonly gcShareRatio: number
  /** the program's own code first, and what allocates most */
  readonly sites: readonly AllocationSite[]
}

/** What grows, by how much a request, who has allocated it and who keeps it; as far as each of them is known. */
export interface LeakHuntResult {
  /** of the verdict, unless what was found otherwise is against it */
  readonly state: LeakVerdict['state']
  readonly verdict: LeakVerdict
  readonly watched: {
    readonly durationNs: number
    readonly requests: number
    /** of them */
    readonly failed: number
  }
  readonly allocation?: AllocationTracking
  /** who has allocated what stays, the program's own code first; absent where nobody looked */
  readonly sites?: readonly AllocationSite[]
  /** absent where no snapshots were taken */
  readonly kept?: KeptObjects
  /** what is not known, and why */
  readonly notes: readonly string[]
  /** it ended while it was driven */
  readonly targetEnded: boolean
}
