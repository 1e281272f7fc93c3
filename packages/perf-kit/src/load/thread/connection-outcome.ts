import { type ConnectionFailure, faultOutcome } from '../../protocol/index.ts'

/** How a connection's failure is written among the outcomes of requests. */
export function outcomeOf({ kind, code }: ConnectionFailure): string {
  return kind === 'protocol' ? faultOutcome(code) : code
}
