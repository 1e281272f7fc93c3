import {
  type Connection,
  type ConnectionHandler,
  Http2Connections,
  HttpConnection,
  loopbackLookup,
} from '../../protocol/index.ts'
import type { LoadPlan } from '../load-plan.ts'

/** What all lanes of a thread have in common. */
export interface LaneSettings {
  readonly timeoutNs: number
  readonly connect: (handler: ConnectionHandler) => Connection
  /** The same, for an answer that goes on as long as the load, and of which nothing is kept: no length is too much. */
  readonly connectEndless: (handler: ConnectionHandler) => Connection
  /** How many share a connection: fewer than was asked for once the target has said that it allows no more. */
  readonly perConnection: () => number
}

export function laneSettingsOf(plan: LoadPlan): LaneSettings {
  const { endpoint, http2, timeoutNs, tls, allowRemote } = plan
  const opening = { tls, ...(allowRemote ? {} : { lookup: loopbackLookup }) }
  const limits = { bodyBytes: plan.maxAnswerBytes }
  if (http2 === undefined) {
    return {
      timeoutNs,
      connect: (handler) => new HttpConnection(endpoint, handler, { ...opening, limits }),
      connectEndless: (handler) => new HttpConnection(endpoint, handler, opening),
      perConnection: () => 1,
    }
  }
  const connections = new Http2Connections(endpoint, { ...opening, ...http2 })
  return {
    timeoutNs,
    connect: (handler) => connections.connect(handler, limits),
    connectEndless: (handler) => connections.connect(handler),
    perConnection: () => connections.streams,
  }
}
