import { readdirSync, readlinkSync } from 'node:fs'

/** Links that are read for one count: a hundred take a fifth of a millisecond of this process. */
const MOST_LINKS = 256

export interface Descriptors {
  readonly open: number
  /** of all that are open */
  readonly sockets: number
}

/**
 * Counts what a process has open, and how much of it are sockets. What a number stands for is told by a link, and reading thousands of links
 * each second would take long: those that are new are read, and of the others some in turn, since numbers come again.
 */
export class DescriptorCount {
  readonly #folder: string
  /** number in the folder → whether it is a socket, in the order in which that was read */
  readonly #known = new Map<string, boolean>()

  /** @param folder - the `fd` of a process, as Linux has it */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws where the folder cannot be read, as the system says it */
  count(): Descriptors {
    const open = readdirSync(this.#folder)
    const present = new Set(open)
    for (const name of this.#known.keys()) if (!present.has(name)) this.#known.delete(name)
    const unknown = open.filter((name) => !this.#known.has(name))
    const longestKnown = [...this.#known.keys()].slice(0, Math.max(0, MOST_LINKS - unknown.length))
    for (const name of [...unknown.slice(0, MOST_LINKS), ...longestKnown]) this.#look(name)
    const sockets = [...this.#known.values()].filter(Boolean).length
    // Those that there was no time for are taken to be as the others are.
    const left = Math.max(0, unknown.length - MOST_LINKS)
    return {
      open: this.#known.size + left,
      sockets: sockets + Math.round((left * sockets) / Math.max(1, this.#known.size)),
    }
  }

  #look(name: string): void {
    this.#known.delete(name)
    try {
      this.#known.set(name, readlinkSync(`${this.#folder}/${name}`).startsWith('socket:'))
    } catch {
      // It was closed a moment ago; of this process, it is the one that the folder was read by.
    }
  }
}
