import { PerfKitError } from '../../errors/index.ts'
import { type EncodedRequest, encodeRequest, type HttpEndpoint, headersOfConnection } from '../../protocol/index.ts'
import type { LoadPlan } from '../load-plan.ts'
import { checkedRequest } from '../requests/checked-request.ts'
import { type RequestDefaults, readyRequest } from '../requests/ready-request.ts'
import type { RequestContext } from '../requests/request-module.ts'
import type { VariantsPlan } from '../requests/weighted-request.ts'
import type { RequestSource } from './request-source.ts'

type ModulePlan = Extract<VariantsPlan, { readonly kind: 'module' }>

/** Requests that a module of the user's makes up, one after the other. What it returns is checked each time. */
export class ModuleRequests implements RequestSource {
  readonly #endpoint: HttpEndpoint
  readonly #defaults: RequestDefaults
  readonly #file: string
  readonly #give: () => unknown
  readonly #isHttp2: boolean

  private constructor({ endpoint, http2 }: LoadPlan, { file, headers }: ModulePlan, give: () => unknown) {
    this.#endpoint = endpoint
    this.#isHttp2 = http2 !== undefined
    this.#defaults = { path: endpoint.path, headers }
    this.#file = file
    this.#give = give
  }

  /** @throws {PerfKitError} `LOAD_FILE_INVALID` when it cannot be loaded, or has no such function */
  static async load(plan: LoadPlan, variants: ModulePlan, context: RequestContext): Promise<ModuleRequests> {
    const { file } = variants
    // Loaded by those that need it: it brings what reads configurations.
    const { importTypeScript } = await import('../../config/index.ts')
    const module = await importTypeScript(file).catch((cause: unknown) => {
      throw unusable(
        file,
        `cannot be loaded: ${reasonOf(cause)}`,
        `Run \`node ${file}\` to see the whole error.`,
        cause,
      )
    })
    const make: unknown =
      typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
    if (typeof make !== 'function') throw unusable(file, 'has no function as its default export', EXAMPLE)
    let give: unknown
    try {
      give = await make(context)
    } catch (cause) {
      throw failed(file, reasonOf(cause), cause)
    }
    if (!isGiver(give)) throw unusable(file, 'returns no function that gives requests', EXAMPLE)
    return new ModuleRequests(plan, variants, give)
  }

  /** @throws {PerfKitError} `LOAD_FAILED` naming the module, when it throws or gives what is no request */
  next(): EncodedRequest {
    let given: unknown
    try {
      given = this.#give()
    } catch (cause) {
      throw failed(this.#file, reasonOf(cause), cause)
    }
    const request = checkedRequest(given)
    if (typeof request === 'string') throw failed(this.#file, `what it gives is no request: ${request}`)
    const lost = this.#isHttp2 ? headersOfConnection(request.headers ?? {}) : []
    if (this.#isHttp2 && request.method === 'CONNECT') throw failed(this.#file, 'CONNECT opens a tunnel over HTTP/2')
    if (lost.length > 0) throw failed(this.#file, `HTTP/2 has no place for ${lost.join(', ')} among the headers`)
    try {
      return encodeRequest(this.#endpoint, readyRequest(request, this.#defaults))
    } catch (cause) {
      throw failed(this.#file, `what it gives cannot be sent: ${reasonOf(cause)}`, cause)
    }
  }
}

const EXAMPLE = "Write `export default ({ index, of, seed }) => () => ({ path: '/' })`; see docs/load.md."

function isGiver(value: unknown): value is () => unknown {
  return typeof value === 'function'
}

function unusable(file: string, what: string, remedy: string, cause?: unknown): PerfKitError {
  return new PerfKitError('LOAD_FILE_INVALID', `${file} ${what}`, { where: file, remedy, cause })
}

function failed(file: string, reason: string, cause?: unknown): PerfKitError {
  return new PerfKitError('LOAD_FAILED', `${file} failed: ${reason}`, {
    where: file,
    cause,
    remedy: 'Mend the module: what it throws, or gives, ends the load.',
  })
}

/** Of something that nobody has caught in a thread that uses a module. */
export function moduleFailure(file: string, cause: unknown): PerfKitError {
  return failed(`${file}, or the thread that uses it,`, reasonOf(cause), cause)
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
}
