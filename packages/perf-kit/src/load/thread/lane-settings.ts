import type { ConnectionOptions, HttpEndpoint } from '../../protocol/index.ts'

/** What all connections of a thread have in common. */
export interface LaneSettings {
  readonly endpoint: HttpEndpoint
  readonly timeoutNs: number
  readonly connection: ConnectionOptions
}
