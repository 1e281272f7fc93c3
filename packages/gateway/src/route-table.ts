/** Where a public tool name leads. */
export interface Route {
  readonly backend: string
  readonly tool: string
}

const SEPARATOR = '__'
// With no `__` inside and no `_` at the end, the first `__` of a public name is always the separator: `a` + `_b` gives
// `a___b`, which no other pair of names can give.
const BACKEND_NAME = /^(?!.*__)[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9.-])?$/

/** `backend__tool` */
export function joinToolName(backend: string, tool: string): string {
  return `${backend}${SEPARATOR}${tool}`
}

export function isBackendName(name: string): boolean {
  return BACKEND_NAME.test(name)
}

/** Public tool name to backend and tool: one hash lookup a call, whole backends replaced at a time. */
export class RouteTable {
  readonly #routes = new Map<string, Route>()
  readonly #namesByBackend = new Map<string, readonly string[]>()

  get size(): number {
    return this.#routes.size
  }

  lookup(name: string): Route | undefined {
    return this.#routes.get(name)
  }

  /**
   * Makes `tools` the whole list of `backend`.
   *
   * @throws {RangeError} when the backend's name would make `backend__tool` ambiguous
   */
  replaceBackend(backend: string, tools: Iterable<string>): void {
    if (!isBackendName(backend)) {
      throw new RangeError(
        `backend name ${JSON.stringify(backend)}: use letters, digits, "-", "." and single "_", and do not end with "_"`,
      )
    }
    this.removeBackend(backend)
    const names: string[] = []
    for (const tool of tools) {
      const name = joinToolName(backend, tool)
      this.#routes.set(name, { backend, tool })
      names.push(name)
    }
    this.#namesByBackend.set(backend, names)
  }

  removeBackend(backend: string): void {
    for (const name of this.#namesByBackend.get(backend) ?? []) this.#routes.delete(name)
    this.#namesByBackend.delete(backend)
  }
}
