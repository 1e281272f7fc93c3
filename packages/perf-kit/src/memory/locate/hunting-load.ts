import type { CountedLoad } from '../request-count.ts'

/**
 * - `watch`: what grows is judged by it
 * - `allocations`: what each request allocates in all is counted
 * - `survivors`: what stays of it is looked for, twice
 * - `snapshots`: requests are made and counted before each of three snapshots
 */
export type HuntStep = 'watch' | 'allocations' | 'survivors' | 'snapshots'

/** An even load, as much as users would make, or for `snapshots` as little as `clients` do. */
export interface LoadWish {
  readonly step: HuntStep
  readonly durationNs: number
  /** so many, one request at a time each: what connections leave behind must be few beside what requests do */
  readonly clients?: number
}

/** A load as it is wished: a `LoadGenerator` is one. */
export interface HuntingLoad extends CountedLoad {
  readonly result: CountedLoad['result'] & { readonly failed: number }
  readonly run: (signal?: AbortSignal) => Promise<unknown>
}
