import type { OperationShare, Weighted } from '../operation-shares.ts'

/** A request over HTTP. What it does not say is as the load has it. */
export interface HttpRequest {
  /** default: GET, and POST with a body */
  readonly method?: string
  /** from `/` on, with its query; blanks and letters beyond ASCII are escaped. Default: that of the load's URL */
  readonly path?: string
  /** beside those of the load, and instead of those with the same name */
  readonly headers?: Readonly<Record<string, string>>
  /** text is sent as UTF-8 */
  readonly body?: Uint8Array | string
}

/** A request of a mix, and how often it is drawn. By default its name is its method and path. */
export interface WeightedRequest extends HttpRequest, Weighted {}

/** Ready to be encoded; plain data. */
export interface ReadyRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export interface PlannedRequest extends ReadyRequest, OperationShare {}

/** HTTP requests that are not all the same; plain data, because it is copied to the threads. */
export type VariantsPlan =
  /** drawn by weight: each connection draws from numbers of its own */
  | { readonly kind: 'list'; readonly requests: readonly PlannedRequest[]; readonly seed: number }
  /** a module of the user's says what is asked */
  | {
      readonly kind: 'module'
      readonly file: string
      readonly headers: Readonly<Record<string, string>>
      readonly seed: number
    }
