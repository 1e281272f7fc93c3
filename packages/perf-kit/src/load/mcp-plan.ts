import {
  MCP_VERSIONS,
  type McpOperation,
  type McpVersion,
  operationName,
  STATELESS_VERSION,
} from '../protocol/index.ts'
import { type OperationShare, shareProblems, type Weighted, withShares } from './operation-shares.ts'

/** An operation of a mix, and how often it is drawn: in proportion to the weights of the others. */
export interface WeightedOperation extends McpOperation, Weighted {}

/** What each session asks: the same operation again and again, or one drawn from a mix each time. */
export type McpRequests = McpOperation | readonly WeightedOperation[]

export interface PlannedOperation extends McpOperation, OperationShare {}

/** How sessions go, beside what they ask. */
export interface McpSessionOptions {
  /** what is spoken; default: what the server answers, with sessions where it has them */
  readonly protocolVersion?: McpVersion
  /** a session ends after so many requests, and the client opens another; default: it lasts as long as the load */
  readonly requestsPerSession?: number
  /** ask tools for progress, and count it; default no */
  readonly progress?: boolean
  /** resources that each session hears of, over a stream of its own; what comes of them is counted and timed */
  readonly subscribe?: readonly string[]
  /** a share of calls, drawn by lot, is cancelled when it is not answered so long after it was sent; to some milliseconds */
  readonly cancel?: { readonly shareRatio: number; readonly afterNs: number }
}

/** All that a thread has to know of MCP; plain data, because it is copied there. */
export interface McpPlan {
  readonly operations: readonly PlannedOperation[]
  /** of what is drawn; each session draws from numbers of its own */
  readonly seed: number
  readonly session: McpSessionOptions
}

const NS_PER_MS = 1e6
const OPERATIONS = { one: 'an operation', many: 'operations' }

export interface McpWish {
  readonly requests: McpRequests
  readonly session: McpSessionOptions
  readonly seed: number
}

/** Checked with `mcpProblems` before. */
export function planMcp({ requests, session, seed }: McpWish): McpPlan {
  const operations = withShares(listOf(requests), operationName).map(
    ({ operation: { method, params }, name, shareRatio }) => ({ method, params, name, shareRatio }),
  )
  return { operations, seed, session }
}

/** All that is wrong with what sessions ask, and how they go. */
export function mcpProblems({ requests, session }: McpWish): string[] {
  const { protocolVersion, requestsPerSession = 1, cancel = { shareRatio: 1, afterNs: 0 } } = session
  const checks: readonly (readonly [boolean, string])[] = [
    [
      protocolVersion === undefined || MCP_VERSIONS.includes(protocolVersion),
      `MCP ${protocolVersion} is not spoken: ${MCP_VERSIONS.join(', ')} are`,
    ],
    [
      protocolVersion !== STATELESS_VERSION || session.requestsPerSession === undefined,
      `MCP ${STATELESS_VERSION} has no sessions that could end`,
    ],
    [isCount(requestsPerSession), 'requests of a session must be a whole number above 0'],
    [
      cancel.shareRatio > 0 && cancel.shareRatio <= 1,
      'the share of calls to cancel must be above 0 %, and 100 % at most',
    ],
    [cancel.afterNs >= 0, 'calls cannot be cancelled before they are sent'],
  ]
  return [
    ...shareProblems(listOf(requests), operationName, OPERATIONS),
    ...subscribeProblems(requests, session),
    ...checks.filter(([isRight]) => !isRight).map(([, problem]) => problem),
  ]
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1
}

function subscribeProblems(requests: McpRequests, { subscribe }: McpSessionOptions): string[] {
  if (subscribe === undefined) return []
  if (subscribe.length === 0 || subscribe.includes('')) return ['there must be a resource to subscribe to']
  // What comes, or does not, after such a request would be counted as lost.
  const lost = listOf(requests).find(
    ({ method, params }) =>
      method === 'resources/unsubscribe' && 'uri' in params && subscribe.some((uri) => uri === params.uri),
  )
  return lost === undefined ? [] : [`${operationName(lost)} would end what sessions are subscribed to`]
}

function listOf(requests: McpRequests): readonly WeightedOperation[] {
  return 'method' in requests ? [requests] : requests
}

/** `, sessions of 20, 5 % cancelled after 200 ms`: what makes another load of the same operations; empty for plain sessions. */
export function describeSessions({ session }: McpPlan): string {
  const { requestsPerSession, progress, subscribe, cancel } = session
  const parts = [
    ...(requestsPerSession === undefined ? [] : [`sessions of ${requestsPerSession}`]),
    ...(progress === true ? ['with progress'] : []),
    ...(subscribe === undefined ? [] : [`subscribed to ${subscribe.length}`]),
    ...(cancel === undefined
      ? []
      : [`${Number((100 * cancel.shareRatio).toPrecision(6))} % cancelled after ${cancel.afterNs / NS_PER_MS} ms`]),
  ]
  return parts.map((part) => `, ${part}`).join('')
}
