import type { HttpEndpoint } from '../http-endpoint.ts'
import type { EncodedRequest } from '../http-request.ts'
import { FilledRequest, type FillJson } from './filled-request.ts'
import type { McpOperation } from './mcp-operation.ts'
import { type NumberedOptions, NumberedRequest, paramsJson } from './numbered-request.ts'

/** What is left to chance. */
export interface SessionDraws {
  /** which operation comes next */
  readonly operation: () => number
  /** whether a call is to be cancelled */
  readonly cancels: () => boolean
}

export interface OperationRequestsOptions {
  readonly endpoint: HttpEndpoint
  readonly operations: readonly McpOperation[]
  readonly draws: SessionDraws
  /** fills gaps in parameters; absent: they have none */
  readonly fill?: FillJson
  /** ask tools for progress */
  readonly progress?: boolean
  /** when calls that are to be cancelled are */
  readonly cancel?: { readonly afterNs: number }
}

const TOOL_CALL = 'tools/call'

/** The requests that count, one after the other, drawn from the operations of a load. */
export class OperationRequests {
  readonly #options: OperationRequestsOptions
  readonly #headersOf: (operation: McpOperation) => Readonly<Record<string, string>>
  /** one for each operation, made when it is first asked */
  readonly #requests: (NumberedRequest | FilledRequest | undefined)[] = []
  #index = 0
  #cancelAfterNs: number | undefined

  constructor(
    options: OperationRequestsOptions,
    headersOf: (operation: McpOperation) => Readonly<Record<string, string>>,
  ) {
    this.#options = options
    this.#headersOf = headersOf
  }

  /** Index of the operation that `next` asked for last. */
  get operation(): number {
    return this.#index
  }

  /** of the request that `next` gave last */
  get id(): number {
    return this.#requests[this.#index]?.id ?? 0
  }

  get cancelAfterNs(): number | undefined {
    return this.#cancelAfterNs
  }

  get asksForProgress(): boolean {
    return this.#options.progress === true
  }

  next(): EncodedRequest {
    const { draws, cancel, operations } = this.#options
    this.#index = draws.operation()
    const request = this.#requests[this.#index] ?? this.#make(this.#index)
    const isToCancel = cancel !== undefined && operations[this.#index]?.method === TOOL_CALL && draws.cancels()
    this.#cancelAfterNs = isToCancel ? cancel.afterNs : undefined
    return request.next()
  }

  /** Headers are others from now on, and ids may begin again. */
  reset(): void {
    this.#requests.length = 0
  }

  #make(index: number): NumberedRequest | FilledRequest {
    const { operations, progress } = this.#options
    const operation = operations[index]
    if (operation === undefined) throw new RangeError(`there is no operation number ${index}`)
    const hasToken = progress === true && operation.method === TOOL_CALL
    const request = this.#requestFor(operation, { index, of: operations.length, hasToken })
    this.#requests[index] = request
    return request
  }

  #requestFor(operation: McpOperation, numbered: Required<NumberedOptions>): NumberedRequest | FilledRequest {
    const { endpoint, fill } = this.#options
    const filled = fill?.(paramsJson(operation.params, numbered.hasToken))
    if (filled === undefined) return new NumberedRequest(endpoint, this.#headersOf(operation), operation, numbered)
    const headersOf = (params: object) => this.#headersOf({ ...operation, params })
    return new FilledRequest(endpoint, { ...numbered, operation, headersOf, fill: filled })
  }
}
