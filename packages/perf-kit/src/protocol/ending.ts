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

const FIRST_ERROR_STATUS = 400
const endings = new Map<number, Ending>()

/** Of a whole answer whose content is not looked at. One for each status: to make its text each time costs as much as all counting. */
export function httpEnding(status: number): Ending {
  const known = endings.get(status)
  if (known !== undefined) return known
  const ending = { outcome: `HTTP ${status}`, isOk: status < FIRST_ERROR_STATUS }
  endings.set(status, ending)
  return ending
}

/** What we have cancelled, and was given up. */
export const CANCELLED: Ending = { outcome: 'CANCELLED', isOk: false, isCancelled: true }
