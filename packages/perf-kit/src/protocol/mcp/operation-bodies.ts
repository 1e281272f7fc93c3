import type { NumberedBody } from './numbered-request.ts'

/** What a request's body is made of: the same bytes but for an id, or what fills its parameters each time. */
export type OperationBody = NumberedBody | (() => string)

/**
 * The bodies of a load's operations, made when one is first asked and kept for all sessions of a thread: they may be of many MB, and a
 * session that is opened anew needs another head only.
 */
export class OperationBodies {
  readonly #bodies: OperationBody[] = []
  #stateless: OperationBodies | undefined

  /** @param index - of the operation */
  of(index: number, make: () => OperationBody): OperationBody {
    const known = this.#bodies[index]
    if (known !== undefined) return known
    const made = make()
    this.#bodies[index] = made
    return made
  }

  /** Of the same operations as the revision without sessions has them: each says more of itself. */
  get stateless(): OperationBodies {
    this.#stateless ??= new OperationBodies()
    return this.#stateless
  }
}
