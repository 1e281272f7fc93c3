import type { EncodedRequest } from '../../protocol/index.ts'

/** The requests of a thread, whichever of its connections asks. */
export interface RequestSource {
  /** @param operation - which of the plan's operations */
  next(operation: number): EncodedRequest
}
