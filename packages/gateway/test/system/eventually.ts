import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 25_000

/** Reads until what it reads is as expected; after long patience the last reading goes to the caller's assertion. */
export async function eventually<T>(read: () => Promise<T> | T, isExpected: (value: T) => boolean): Promise<T> {
  const deadlineMs = performance.now() + PATIENCE_MS
  for (;;) {
    const value = await read()
    if (isExpected(value) || performance.now() > deadlineMs) return value
    await sleep(20)
  }
}
