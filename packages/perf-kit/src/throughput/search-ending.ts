import { PerfKitError } from '../errors/index.ts'

/** What ended a search before it was done. */
export type Ending =
  | { readonly kind: 'done' | 'interrupted' | 'time' }
  /** the target does not answer any more, or a trial could not be made */
  | { readonly kind: 'lost'; readonly reason: string }

/**
 * What has been learnt before is worth more than an error.
 *
 * @throws what is none of ours, or comes before anything was learnt
 */
export function asLost(error: unknown, hasTrials: boolean): Ending {
  if (!hasTrials || !(error instanceof PerfKitError)) throw error
  return { kind: 'lost', reason: error.message }
}
