import type { Resource, Tool } from '@modelcontextprotocol/sdk/types.js'
import { joinToolName, type Route, RouteTable } from './route-table.ts'

/**
 * All backends' tools and resources as one list each, and the way back from a name to its backend.
 *
 * Tools are renamed to `backend__tool`. Resource URIs are left as they are, since they are global names and come back in
 * notifications; a URI belongs to the backend that lists it, to the first configured one if several do.
 */
export class Catalogue {
  readonly #routes = new RouteTable()
  readonly #tools = new Map<string, readonly Tool[]>()
  readonly #resources = new Map<string, readonly Resource[]>()
  readonly #backendByUri = new Map<string, string>()

  /** @param backends - all names, in the order of precedence */
  constructor(backends: Iterable<string>) {
    for (const backend of backends) {
      this.#routes.replaceBackend(backend, [])
      this.#tools.set(backend, [])
      this.#resources.set(backend, [])
    }
  }

  route(name: string): Route | undefined {
    return this.#routes.lookup(name)
  }

  backendOf(uri: string): string | undefined {
    return this.#backendByUri.get(uri)
  }

  tools(): Tool[] {
    return Array.from(this.#tools.values()).flat()
  }

  resources(): Resource[] {
    return Array.from(this.#resources).flatMap(([backend, resources]) =>
      resources.filter(({ uri }) => this.#backendByUri.get(uri) === backend),
    )
  }

  toolCount(backend: string): number {
    return this.#tools.get(backend)?.length ?? 0
  }

  setTools(backend: string, tools: readonly Tool[]): void {
    this.#routes.replaceBackend(
      backend,
      tools.map(({ name }) => name),
    )
    this.#tools.set(
      backend,
      tools.map((tool) => ({ ...tool, name: joinToolName(backend, tool.name) })),
    )
  }

  setResources(backend: string, resources: readonly Resource[]): void {
    this.#resources.set(backend, resources)
    this.#backendByUri.clear()
    for (const [owner, owned] of this.#resources) {
      for (const { uri } of owned) if (!this.#backendByUri.has(uri)) this.#backendByUri.set(uri, owner)
    }
  }
}
