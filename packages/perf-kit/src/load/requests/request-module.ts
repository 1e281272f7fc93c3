import type { HttpRequest } from './weighted-request.ts'

/** What a module of requests is told, in each thread. */
export interface RequestContext {
  /** of this thread, from 0 */
  readonly index: number
  /** threads of the load */
  readonly of: number
  /** of the load: for numbers that are the same on every run */
  readonly seed: number
}

/**
 * The default export of a module of requests. It is called once in each thread, may be async, and returns what gives one request
 * after another to all connections of the thread; that is called as often as requests are sent, and must not be async.
 */
export type RequestModule = (context: RequestContext) => (() => HttpRequest) | Promise<() => HttpRequest>
