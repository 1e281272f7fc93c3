import { readSync, writeSync } from 'node:fs'
import { type ForkMessage, RESULT_FD, TURN_FD } from './job.ts'

/** Write a message whole, and wait until it is out: the process may end right after. */
export function send(message: ForkMessage): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`)
  let offset = 0
  while (offset < bytes.length) offset += writeSync(RESULT_FD, bytes, offset)
}

const turn = Buffer.alloc(1)

/**
 * Give the processor away and wait for the next turn. It blocks the thread on purpose: while the other side runs,
 * nothing of ours may.
 */
export function yieldTurn(): void {
  send({ type: 'yield' })
  if (readSync(TURN_FD, turn, 0, 1, null) === 0) {
    // The parent is gone, and nobody will read the result.
    process.exit(1)
  }
}
