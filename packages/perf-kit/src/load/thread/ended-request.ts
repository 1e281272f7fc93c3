/** The part of the schedule that counts, on the thread's clock. */
export interface CountedWindow {
  readonly fromNs: number
  readonly toNs: number
}

export interface EndedRequest {
  /** which of the plan's operations it was; absent: it was never sent */
  readonly operation?: number
  readonly outcome: string
  readonly isOk: boolean
  readonly intendedNs: number
  /** absent: it was never sent */
  readonly sentNs?: number
  readonly endNs: number
  /** how often the target told of progress before */
  readonly progressEvents?: number
}
