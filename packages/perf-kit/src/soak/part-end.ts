import type { SoakPart } from '../run/index.ts'
import type { TargetExit } from '../target/index.ts'
import type { EndLine } from './record-lines.ts'

/** A part's end: the first that is told. */
export class PartEnd {
  /** whether its beginning is recorded */
  hasBegun = false
  found: Pick<EndLine, 'doubts' | 'unseen' | 'limits'> = { doubts: [], unseen: [], limits: [] }
  readonly #over: AbortController
  #ended: SoakPart['end'] | undefined
  #because = ''
  #exit: TargetExit | undefined

  constructor(over: AbortController) {
    this.#over = over
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  get ended(): SoakPart['end'] {
    return this.#ended ?? 'failed'
  }

  get because(): string {
    return this.#because
  }

  /** how a target ended that ended by itself */
  get exit(): TargetExit | undefined {
    return this.#exit
  }

  targetEnded(exit: TargetExit): void {
    if (this.#ended !== undefined) return
    this.#exit = exit
    this.end('targetEnded')
  }

  end(end: SoakPart['end'], because = ''): void {
    if (this.#ended !== undefined) return
    this.#ended = end
    this.#because = because
    this.#over.abort(new DOMException(end, 'AbortError'))
  }
}
