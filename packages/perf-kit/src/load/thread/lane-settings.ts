import type { ConnectionOptions, HttpEndpoint } from '../../protocol/index.ts'

/** The same for all connections of a load. */
export interface LaneSettings {
  readonly endpoint: HttpEndpoint
  readonly timeoutNs: number
  readonly connection: ConnectionOptions
}
