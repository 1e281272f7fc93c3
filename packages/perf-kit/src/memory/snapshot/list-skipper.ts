import { CLOSE_BRACKET } from './json-bytes.ts'
import type { Scanner } from './scanner.ts'

/** Passes over a flat list of numbers, without looking at them: edges are half of a file, and classes need none. */
export class ListSkipper implements Scanner {
  isDone = false

  scan(piece: Uint8Array, from: number): number {
    const end = piece.indexOf(CLOSE_BRACKET, from)
    if (end === -1) return piece.length
    this.isDone = true
    return end + 1
  }
}
