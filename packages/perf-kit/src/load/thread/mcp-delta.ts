/** What is of MCP alone, of one second and thread. Value and count in turn; values in ns. */
export interface McpDelta {
  /** of each operation of a mix, in the order of the plan; empty when there is only one */
  readonly operations: readonly OperationDelta[]
  /** from sending `initialize` until requests might be sent, of all sessions */
  readonly sessionOpen: Float64Array
  readonly progressEvents: number
}

export interface OperationDelta {
  readonly responseOk: Float64Array
  readonly responseFailed: Float64Array
  readonly service: Float64Array
  readonly outcomes: Readonly<Record<string, number>>
}
