import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 40_000

/** Reads until what it reads is as expected; after long patience the last reading goes to the caller's assertion. */
export async function eventually<Reading>(
  read: () => Promise<Reading> | Reading,
  isExpected: (reading: Reading) => boolean,
): Promise<Reading> {
  const deadlineMs = performance.now() + PATIENCE_MS
  for (;;) {
    const reading = await read()
    if (isExpected(reading) || performance.now() > deadlineMs) return reading
    await sleep(10)
  }
}
