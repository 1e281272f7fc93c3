/** Understands a section of a document that comes in pieces. */
export interface Scanner {
  /** whether the section has ended */
  readonly isDone: boolean
  /**
   * @param piece - the document's bytes, used again for others afterwards
   * @returns where it has stopped: behind the section, or at the end of the piece
   */
  scan(piece: Uint8Array, from: number): number
}
