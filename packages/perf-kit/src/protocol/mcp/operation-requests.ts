import type { HttpEndpoint } from '../http-endpoint.ts'
import type { EncodedRequest } from '../http-request.ts'
import { FilledRequest, type FillJson } from './filled-request.ts'
import type { McpOperation } from './mcp-operation.ts'
import { type NumberedOptions, NumberedRequest, numberedBody, paramsJson } from './numbered-request.ts'
import type { OperationBodies, OperationBody } from './operation-bodies.ts'

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
  /** of the same operations, for all sessions */
  readonly bodies: OperationBodies
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
  #isMadeUp = false
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

  /** Whether what `next` gave last had to be made up: what only counts up is there already. Where rows fill something, all count as such. */
  get isMadeUp(): boolean {
    return this.#isMadeUp
  }

  get asksForProgress(): boolean {
    return this.#options.progress === true
  }

  next(): EncodedRequest {
    const { draws, cancel, operations, fill } = this.#options
    this.#index = draws.operation()
    const known = this.#requests[this.#index]
    this.#isMadeUp = known === undefined || fill !== undefined
    const request = known ?? this.#make(this.#index)
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
    const { endpoint, bodies } = this.#options
    const body = bodies.of(numbered.index, () => this.#bodyOf(operation, numbered))
    if (typeof body !== 'function') return new NumberedRequest(endpoint, this.#headersOf(operation), body)
    const headersOf = (params: object) => this.#headersOf({ ...operation, params })
    return new FilledRequest(endpoint, { ...numbered, operation, headersOf, fill: body })
  }

  #bodyOf(operation: McpOperation, numbered: Required<NumberedOptions>): OperationBody {
    const filled = this.#options.fill?.(paramsJson(operation.params, numbered.hasToken))
    return filled ?? numberedBody(operation, numbered)
  }
}
