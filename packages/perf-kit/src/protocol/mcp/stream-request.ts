import type { EncodedRequest } from '../http-request.ts'

/** What opens a stream of notifications. */
export interface StreamRequest {
  readonly request: EncodedRequest
  /** the notification that says that what comes from now on is heard; absent: the stream itself does */
  readonly acknowledgedBy?: string
}
