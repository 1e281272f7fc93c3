import { type ConnectionFailure, faultOutcome } from '../../protocol/index.ts'

export const TIMEOUT = 'TIMEOUT'
/** What no session could be opened for is counted behind it. */
export const SESSION = 'SESSION '

/** How a connection's failure is written among the outcomes of requests. */
export function outcomeOf({ kind, code }: ConnectionFailure): string {
  return kind === 'protocol' ? faultOutcome(code) : code
}
