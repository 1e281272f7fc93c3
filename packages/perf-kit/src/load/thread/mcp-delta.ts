/** What is of MCP alone, of one second and thread. Value and count in turn; values in ns. */
export interface McpDelta {
  /** from sending `initialize` until requests might be sent, of all sessions */
  readonly sessionOpen: Float64Array
  readonly progressEvents: number
  readonly deliveries: DeliveryDelta
}

/** What became of notifications of updated resources. */
export interface DeliveryCounts {
  readonly arrived: number
  /** by the publisher's numbers, those in between of which none has come */
  readonly lost: number
  /** after one that was published later */
  readonly late: number
  readonly twice: number
  /** without a time of publishing that can be compared with ours */
  readonly untimed: number
  /** streams that ended without our doing */
  readonly streamsLost: number
}

export interface DeliveryDelta extends DeliveryCounts {
  /** from publishing to arrival */
  readonly times: Float64Array
}
