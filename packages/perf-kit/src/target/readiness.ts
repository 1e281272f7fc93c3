import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How to know that a target can be asked. */
export type Readiness =
  /** a line of its stdout or stderr matches; the first group, if there is one, is its URL */
  | { readonly log: RegExp }
  /** it answers there with a status below 500 */
  | { readonly http: string }
  /** somebody listens there, on 127.0.0.1 */
  | { readonly tcp: number }

const ASK_EVERY_MS = 50
const ANSWER_TIMEOUT_MS = 2_000
const FIRST_SERVER_ERROR = 500

/** Ask again and again until it is ready; ends with an `AbortError` when the signal says so. */
export async function pollUntilReady(ready: Exclude<Readiness, { log: RegExp }>, signal: AbortSignal): Promise<void> {
  for (;;) {
    if ('tcp' in ready ? await listens(ready.tcp) : await answers(ready.http, signal)) return
    await sleep(ASK_EVERY_MS, undefined, { signal })
  }
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const impatience = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)])
    const { status, body } = await fetch(url, { signal: impatience, redirect: 'manual' })
    await body?.cancel()
    return status < FIRST_SERVER_ERROR
  } catch {
    return false
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
  } finally {
    socket.destroy()
  }
}
