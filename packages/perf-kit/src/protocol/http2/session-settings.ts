/**
 * Answers are not to wait for our leave to send them: as much as may be on the way as h2load allows by default. What comes is
 * read at once and not kept, so that it takes no memory.
 */
export const WINDOW_BYTES = 2 ** 30 - 1
/** As of an HTTP/1.1 answer. */
const MOST_HEAD_BYTES = 65_536
/** Node's own is 128, and a head with more is reset as if the target had done so. */
const MOST_HEADERS = 1_024
/** MB. Node's own is 10, beyond which answers are refused: bodies of a thousand requests may be more. */
const MOST_MEMORY_MB = 1_024
/** Of what a target does wrong each is counted: the thousandth is not to end the connection. */
export const NO_LIMIT = 2 ** 32 - 1

/** Of a client that asks as much as it can, and counts what comes. */
export const SESSION_OPTIONS = {
  settings: { enablePush: false, initialWindowSize: WINDOW_BYTES, maxHeaderListSize: MOST_HEAD_BYTES },
  maxHeaderListPairs: MOST_HEADERS,
  maxSessionMemory: MOST_MEMORY_MB,
  maxSessionInvalidFrames: NO_LIMIT,
  // Until the target says otherwise.
  peerMaxConcurrentStreams: NO_LIMIT,
}
