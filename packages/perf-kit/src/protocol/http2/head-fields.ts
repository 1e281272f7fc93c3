import type { IncomingHttpHeaders, IncomingHttpStatusHeader } from 'node:http2'
import type { ResponseHead } from '../response-head.ts'

/** The head of an answer, as Node has it: several headers of one name are in one already, with commas between them. */
export class HeadFields implements ResponseHead {
  readonly status: number
  readonly #fields: IncomingHttpHeaders

  constructor(fields: IncomingHttpHeaders & IncomingHttpStatusHeader) {
    this.status = fields[':status'] ?? 0
    this.#fields = fields
  }

  get(name: string): string | undefined {
    const value = this.#fields[name]
    return Array.isArray(value) ? value[0] : value
  }

  getAll(name: string): string | undefined {
    const value = this.#fields[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
}
