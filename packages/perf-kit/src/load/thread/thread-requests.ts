import {
  type EncodedRequest,
  type FillJson,
  McpSession,
  McpStateless,
  OperationBodies,
  STATELESS_VERSION,
  withText,
} from '../../protocol/index.ts'
import type { LoadPlan } from '../load-plan.ts'
import type { Dialogue } from './dialogue.ts'
import { HttpDialogue, VariedDialogue } from './http-dialogue.ts'
import { jsonGaps } from './json-gaps.ts'
import { ListedRequests } from './listed-requests.ts'
import { ModuleRequests } from './module-requests.ts'
import { operationDraws } from './operation-draws.ts'
import type { RequestSource } from './request-source.ts'
import { RowTurns } from './row-turns.ts'
import { sessionDraws } from './session-draws.ts'

/** What a thread's connections ask, each in a dialogue of its own. */
export class ThreadRequests {
  readonly #plan: LoadPlan
  /** absent: the same request again and again, or MCP */
  readonly #source: RequestSource | undefined
  /** of MCP, where rows fill what is asked */
  readonly #fill: FillJson | undefined
  readonly #index: number
  /** the same for all connections: a body may be of many MB */
  #same: EncodedRequest | undefined
  readonly #bodies = new OperationBodies()
  #dialogues = 0

  private constructor(plan: LoadPlan, index: number, source: RequestSource | undefined, fill: FillJson | undefined) {
    this.#plan = plan
    this.#index = index
    this.#source = source
    this.#fill = fill
  }

  /**
   * @param index - of the thread
   * @throws {PerfKitError} `LOAD_FILE_INVALID`, `LOAD_FAILED` of a user's module
   */
  static async prepare(plan: LoadPlan, index: number): Promise<ThreadRequests> {
    const { endpoint, variants, data, mcp, threads } = plan
    const rows = data === undefined ? undefined : new RowTurns(data, { index, of: threads })
    const fill = mcp === undefined || rows === undefined ? undefined : jsonGaps(rows)
    if (variants?.kind === 'list') {
      return new ThreadRequests(plan, index, new ListedRequests(endpoint, variants.requests, rows), fill)
    }
    if (variants?.kind !== 'module') return new ThreadRequests(plan, index, undefined, fill)
    const context = { index, of: threads, seed: variants.seed }
    return new ThreadRequests(plan, index, await ModuleRequests.load(plan, variants, context), fill)
  }

  /** Whether to make up what is asked takes time that is worth telling apart, as far as `Dialogue.isMadeUp` says so of each. */
  get areMadeUp(): boolean {
    return this.#source !== undefined || this.#fill !== undefined
  }

  /** Of another connection. */
  dialogue(): Dialogue {
    const { endpoint, request, headers, mcp, variants, threads } = this.#plan
    // Counts from 0 over all threads.
    const number = this.#dialogues++ * threads + this.#index
    if (mcp !== undefined) {
      const { protocolVersion: version, ...session } = mcp.session
      const fill = this.#fill === undefined ? {} : { fill: this.#fill }
      const draws = sessionDraws(mcp, number)
      const common = { endpoint, headers, operations: mcp.operations, draws, bodies: this.#bodies, ...fill, ...session }
      if (version === STATELESS_VERSION) return new McpStateless(common)
      return new McpSession(version === undefined ? common : { ...common, version })
    }
    if (this.#source === undefined) {
      this.#same ??= withText(request)
      return new HttpDialogue(this.#same)
    }
    const draw = variants?.kind === 'list' ? operationDraws(variants.requests, variants.seed, number) : () => 0
    return new VariedDialogue(this.#source, draw, request)
  }
}
