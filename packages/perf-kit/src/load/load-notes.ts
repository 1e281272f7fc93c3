import type { RunNote } from '../run/index.ts'
import { engineNotes } from './engines/engine-notes.ts'
import type { LoadResult } from './load-result.ts'
import { saidNotes } from './said-notes.ts'

const NS_PER_MS = 1e6
const MCP_PATH = /\/mcp\/?(?:\?|$)/
const CLIENT_ERROR = /^HTTP 4\d\d$/

export const CLOSED_LOOP: RunNote = {
  code: 'CLOSED_LOOP',
  message:
    'closed loop: clients wait for their answers, so that a target which stalls is asked less; the waiting of users who would have come meanwhile is not in these times. An open loop (--rate) has it.',
}

/** What a reader of a load's figures should know, of the load itself. */
export function loadNotes(result: LoadResult): readonly RunNote[] {
  return [
    ...(result.plan.traffic.loop === 'closed' ? [CLOSED_LOOP] : []),
    ...engineNotes(result),
    ...cancelNotes(result),
    ...streamsNotes(result),
    ...lostNotes(result),
    ...saidNotes(result),
    ...perhapsMcpNotes(result),
  ]
}

/** What was asked for is in the subject's name. */
function streamsNotes({ plan, perConnection }: LoadResult): readonly RunNote[] {
  if (plan.http2 === undefined || perConnection >= plan.http2.streams) return []
  return [
    {
      code: 'STREAMS_ALLOWED',
      message: `the target allows ${perConnection} streams a connection: no more clients shared one, and there were more connections.`,
    },
  ]
}

/** Where each client has a connection of its own, that is the same number twice. */
function lostNotes({ lostConnections, lostRequests }: LoadResult): readonly RunNote[] {
  if (lostRequests <= lostConnections) return []
  const [connections, requests] = [lostConnections, lostRequests].map((count) => count.toLocaleString('en-US'))
  const [which, them] = lostConnections === 1 ? ['connection', 'it'] : ['connections', 'them']
  return [
    {
      code: 'CONNECTIONS_LOST',
      message: `${connections} ${which} failed that clients share, and ${requests} requests with ${them}: each of these is a failure by itself.`,
    },
  ]
}

/** A server of MCP refuses what is none. */
function perhapsMcpNotes({ plan, outcomes, responseOk }: LoadResult): readonly RunNote[] {
  const isRefused = responseOk.totalCount === 0 && [...outcomes.keys()].some((outcome) => CLIENT_ERROR.test(outcome))
  if (plan.mcp !== undefined || !isRefused || !MCP_PATH.test(plan.endpoint.path)) return []
  return [{ code: 'PERHAPS_MCP', message: 'by its path the target may speak MCP: --mcp asks it in that.' }]
}

/** Those that are answered in time stay in the times, and those that would have taken longer do not. */
function cancelNotes({ cancelled, plan }: LoadResult): readonly RunNote[] {
  const cancel = plan.mcp?.session.cancel
  if (cancel === undefined || cancelled === 0) return []
  const afterMs = cancel.afterNs / NS_PER_MS
  return [
    {
      code: 'CANCELLED_UNTIMED',
      message: `${cancelled.toLocaleString('en-US')} calls were cancelled because they had no answer after ${afterMs} ms: how long they would have taken is in no time, so that percentiles beyond ${afterMs} ms are too low.`,
    },
  ]
}
