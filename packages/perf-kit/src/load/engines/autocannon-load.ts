import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { PerfKitError } from '../../errors/index.ts'
import { durationNsOf, type LoadPlan } from '../load-plan.ts'
import { LoadResult } from '../load-result.ts'
import type { AutocannonCommand, AutocannonMessage } from './autocannon/messages.ts'
import { connectAddress, inUrl } from './connect-address.ts'
import type { LoadEngine } from './engine.ts'
import { EngineProcess } from './engine-process.ts'

/** Beyond the schedule and the longest answer: to start, and to hand over. */
const SPARE_NS = 60e9
const require = createRequire(import.meta.url)
const REMEDY = 'Install it beside this package: npm install --save-dev autocannon@9'

/** autocannon in a process of its own, which counts what becomes of each of its requests. */
export class AutocannonLoad implements LoadEngine {
  readonly result: LoadResult
  readonly #body: Uint8Array | undefined

  /** @param plan - of what autocannon can do */
  constructor(plan: LoadPlan, body?: Uint8Array) {
    this.result = new LoadResult(plan, 'autocannon')
    this.#body = body
  }

  async run(signal?: AbortSignal): Promise<LoadResult> {
    const { plan } = this.result
    signal?.throwIfAborted()
    refuseMissing()
    const address = inUrl(await connectAddress(plan))
    const body = this.#body
    const drive: AutocannonCommand = { type: 'drive', plan, address, ...(body === undefined ? {} : { body }) }
    let isDone = false
    const onMessage = (message: unknown, engine: EngineProcess): void => {
      if (!isFromAutocannon(message)) return
      if (message.type === 'ready') engine.send(drive)
      else if (message.type === 'delta') this.result.add(0, message)
      else {
        isDone = true
        this.result.finish(0, message)
      }
    }
    const words = [process.execPath, fileURLToPath(import.meta.resolve('@gw/perf-kit/internal/autocannon'))]
    const limitNs = durationNsOf(plan) + 2 * plan.timeoutNs + SPARE_NS
    await using child = await EngineProcess.start(
      { engine: 'autocannon', words, onMessage, limitNs, ...(signal === undefined ? {} : { signal }) },
      REMEDY,
    )
    await child.ended()
    if (!isDone && signal?.aborted !== true) throw child.failure('ended before its schedule did')
    return this.result
  }
}

/** It is an optional peer of the package, and found where the package itself is. */
function refuseMissing(): void {
  try {
    require.resolve('autocannon')
  } catch (cause) {
    throw new PerfKitError('ENGINE_MISSING', 'the engine autocannon is not installed', { cause, remedy: REMEDY })
  }
}

function isFromAutocannon(message: unknown): message is AutocannonMessage {
  return typeof message === 'object' && message !== null && 'type' in message
}
