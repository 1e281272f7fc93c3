import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { durationNsOf, type LoadPlan } from '../load-plan.ts'
import { LoadResult } from '../load-result.ts'
import { connectAddress } from './connect-address.ts'
import type { LoadEngine } from './engine.ts'
import { EngineProcess } from './engine-process.ts'
import { prepareOha, requestsFile } from './oha/oha-command.ts'
import { countOha } from './oha/oha-counts.ts'
import { ohaRequests } from './oha/oha-requests.ts'
import { readFailures } from './oha/oha-summary.ts'

/** It stores its requests when the load is over, hundreds of thousands a second; half as long again as the load is enough. */
const STORING_RATIO = 0.5
const SPARE_NS = 60e9
/** Its summary has about a thousand, and a line for each kind of failure. */
const MOST_OUTPUT_BYTES = 2 ** 20
const REMEDY = 'Install it: cargo install oha --locked (version 1.16 or later).'

/** The program oha, whose table of requests is read when it has ended: it tells nothing while it drives. */
export class OhaLoad implements LoadEngine {
  readonly result: LoadResult
  readonly #plan: LoadPlan
  readonly #body: Uint8Array | undefined

  /** @param plan - of what oha can do */
  constructor(plan: LoadPlan, body?: Uint8Array) {
    // Its threads are its own business: it speaks with one voice.
    this.result = new LoadResult({ ...plan, threads: 1 }, 'oha')
    this.#plan = plan
    this.#body = body
  }

  async run(signal?: AbortSignal): Promise<LoadResult> {
    const plan = this.#plan
    signal?.throwIfAborted()
    const address = await connectAddress(plan)
    const folder = await mkdtemp(join(tmpdir(), 'perf-kit-oha-'))
    try {
      const words = await prepareOha({ plan, body: this.#body, address, folder })
      await this.#drive(words, requestsFile(folder), signal)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return this.result
  }

  async #drive(words: readonly string[], requests: string, signal: AbortSignal | undefined): Promise<void> {
    const limitNs = (1 + STORING_RATIO) * durationNsOf(this.#plan) + this.#plan.timeoutNs + SPARE_NS
    await using child = await EngineProcess.start(
      { engine: 'oha', words, limitNs, ...(signal === undefined ? {} : { signal }) },
      REMEDY,
    )
    const output = await child.output(MOST_OUTPUT_BYTES)
    await child.ended()
    // Interrupted, it stores what it knows of clients, and of a rate nothing.
    const wasStopped = signal?.aborted === true
    if (wasStopped && !existsSync(requests)) return
    const failures = readFailures(output)
    if (failures === undefined) {
      // It was ended because storing took too long: what it did is not known.
      if (wasStopped) return
      throw child.failure('printed no summary that can be read')
    }
    try {
      await countOha(ohaRequests(requests), failures, this.result, wasStopped)
    } catch (cause) {
      if (wasStopped) return
      throw child.failure(`stored no requests that can be read (${messageOf(cause)})`, cause)
    }
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
