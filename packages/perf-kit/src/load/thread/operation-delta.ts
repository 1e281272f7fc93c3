/** What became of the requests of one operation, of one second and thread. Value and count in turn; values in ns. */
export interface OperationDelta {
  readonly responseOk: Float64Array
  readonly responseFailed: Float64Array
  readonly service: Float64Array
  readonly outcomes: Readonly<Record<string, number>>
}
