/** The part of the schedule that counts, on the thread's clock. */
export interface CountedWindow {
  readonly fromNs: number
  readonly toNs: number
}

/** One that was given up by us. */
export interface CancelledRequest {
  readonly operation: number
  readonly intendedNs: number
  /** what `head` said */
  readonly place: number | undefined
  /** how often the target told of progress before */
  readonly progressEvents: number | undefined
}

export interface EndedRequest {
  /** which of the plan's operations it was; absent: it was never sent */
  readonly operation?: number
  readonly outcome: string
  readonly isOk: boolean
  readonly intendedNs: number
  /** when the generator came to it */
  readonly takenNs: number
  /** absent: it was never sent */
  readonly sentNs?: number | undefined
  /** when the head of the answer was there; absent: it never was */
  readonly headNs?: number | undefined
  readonly endNs: number
  /** what `head` said */
  readonly place?: number | undefined
  readonly serverTiming?: string | undefined
  /** how often the target told of progress before */
  readonly progressEvents?: number
}
