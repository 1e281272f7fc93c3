/** How a request ended. */
export interface Ending {
  /** by class, as reports count it */
  readonly outcome: string
  readonly isOk: boolean
}
