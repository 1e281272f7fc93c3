/** How a request ended. */
export interface Ending {
  /** by class, as reports count it */
  readonly outcome: string
  readonly isOk: boolean
  /** by us: neither a success nor a failure of the target */
  readonly isCancelled?: true
  /** how often the target told of progress before; absent when it was not asked to */
  readonly progressEvents?: number
}

/** What we have cancelled, and was given up. */
export const CANCELLED: Ending = { outcome: 'CANCELLED', isOk: false, isCancelled: true }
