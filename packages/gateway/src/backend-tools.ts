import { setTimeout as sleep } from 'node:timers/promises'
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import type { BackendOptions } from './backend-options.ts'
import { type LatencyModel, parseLatencyModel } from './latency-model.ts'
import { type Random, seededRandom } from './random.ts'
import { INVALID_PARAMS, RpcError } from './rpc-error.ts'

/** Counted since the start; served at the backend's `/health`. */
export interface BackendCounts {
  calls: number
  failed: number
  stalled: number
  /** Calls that were cancelled, or whose client went away. */
  cancelled: number
}

export interface ToolCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
  readonly progress: (step: number, steps: number) => Promise<void>
}

/** The longest a timer can be: 24 days. */
const FOREVER_MS = 2 ** 31 - 1
const NUMBER = { type: 'number', minimum: 0 } as const

/** The tools of a load backend, with its latency, its failures and its stalls. */
export class BackendTools {
  readonly counts: BackendCounts = { calls: 0, failed: 0, stalled: 0, cancelled: 0 }
  readonly #options: BackendOptions
  readonly #latency: LatencyModel
  readonly #random: Random
  readonly #onToolsChanged: () => void
  #toolCount: number

  constructor(options: BackendOptions, onToolsChanged: () => void) {
    this.#options = options
    this.#latency = parseLatencyModel(options.toolLatency)
    this.#random = seededRandom(options.seed)
    this.#onToolsChanged = onToolsChanged
    this.#toolCount = options.tools
  }

  list(): Tool[] {
    return [
      describe('echo', 'Returns its text at once.', { text: { type: 'string' } }),
      describe('progress', 'Reports progress at each step.', { steps: NUMBER, stepMs: NUMBER, bytes: NUMBER }),
      describe('set-tools', 'Changes how many tool-N there are.', { count: NUMBER }),
      ...Array.from({ length: this.#toolCount }, (_, index) =>
        describe(`tool-${index + 1}`, 'Takes its time and returns a payload.', { delayMs: NUMBER, bytes: NUMBER }),
      ),
    ]
  }

  /** @throws {RpcError} for a tool that is not there */
  async call(call: ToolCall): Promise<CallToolResult> {
    this.counts.calls += 1
    const onAbort = () => {
      this.counts.cancelled += 1
    }
    call.signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await this.#dispatch(call)
    } finally {
      call.signal.removeEventListener('abort', onAbort)
    }
  }

  #dispatch(call: ToolCall): Promise<CallToolResult> | CallToolResult {
    const { name, args } = call
    if (name === 'echo') return text(String(args['text'] ?? ''))
    if (name === 'progress') return this.#stepByStep(call)
    if (name === 'set-tools') return this.#setTools(numberOr(args['count'], this.#options.tools))
    const index = /^tool-([1-9]\d*)$/.exec(name)?.[1]
    if (index !== undefined && Number(index) <= this.#toolCount) return this.#work(call)
    throw new RpcError(INVALID_PARAMS, `Unknown tool: ${name}`)
  }

  async #work({ args, signal }: ToolCall): Promise<CallToolResult> {
    // All three are drawn for every call, so that one option does not change what the seed gives for the others.
    const [latencyMs, fails, stalls] = [
      this.#latency(this.#random),
      this.#random() < this.#options.failRatio,
      this.#random() < this.#options.stallRatio,
    ]
    if (stalls) {
      this.counts.stalled += 1
      await wait(FOREVER_MS, signal)
    }
    await wait(numberOr(args['delayMs'], latencyMs), signal)
    if (!fails) return text('x'.repeat(numberOr(args['bytes'], this.#options.payloadBytes)))
    this.counts.failed += 1
    return { ...text('failed on request'), isError: true }
  }

  async #stepByStep({ args, signal, progress }: ToolCall): Promise<CallToolResult> {
    const steps = numberOr(args['steps'], 3)
    for (let step = 1; step <= steps; step++) {
      await wait(numberOr(args['stepMs'], undefined), signal)
      await progress(step, steps)
    }
    return text(`${steps} steps`.padEnd(numberOr(args['bytes'], 0), '.'))
  }

  #setTools(count: number): CallToolResult {
    this.#toolCount = count
    this.#onToolsChanged()
    return text(`${count} tools`)
  }
}

function describe(name: string, description: string, properties: Record<string, object>): Tool {
  return { name, description, inputSchema: { type: 'object', properties } }
}

function text(content: string): CallToolResult {
  return { content: [{ type: 'text', text: content }] }
}

function numberOr<T>(value: unknown, otherwise: T): number | T {
  return typeof value === 'number' && value >= 0 ? value : otherwise
}

async function wait(ms: number | undefined, signal: AbortSignal): Promise<void> {
  if (ms !== undefined) await sleep(ms, undefined, { signal })
}
