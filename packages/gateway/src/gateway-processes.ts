import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { DEFAULT_DRAIN_TIMEOUT_MS, type GatewayOptions } from './gateway.ts'
import { GatewayError } from './gateway-error.ts'
import { GatewayProcess } from './gateway-process.ts'
import { OPTIONS_VARIABLE } from './process-messages.ts'

const WORKER = fileURLToPath(new URL('./worker-main.ts', import.meta.url))
/** For what comes after the open requests, goodbyes to the backends above all, on a machine that is busy. */
const STOP_GRACE_MS = 3000

export interface GatewayProcesses {
  /** The MCP endpoint, which they share. */
  readonly url: string
  /** Why they cannot go on: when one of them ends by itself, all are to end. Never settles otherwise. */
  readonly failed: Promise<GatewayError>
  /**
   * Lets all of them finish what is under way; one that does not end is killed.
   *
   * @throws {GatewayError} `PROCESS_ENDED` when one did not end in order
   */
  close(): Promise<void>
}

/**
 * Starts several gateways at one port, each in a process of its own, with pools, sessions and metrics of its own. This process deals
 * connections to them, and does nothing else. When one of them ends, all are to: fewer would not be what was asked for.
 *
 * @throws {GatewayError} `PROCESS_NOT_STARTED`, or `PROCESS_ENDED` when one ended while others were being started
 */
export async function startGatewayProcesses(count: number, options: GatewayOptions): Promise<GatewayProcesses> {
  cluster.setupPrimary({ exec: WORKER, args: [] })
  const { drainTimeoutMs = DEFAULT_DRAIN_TIMEOUT_MS } = options
  const group = new ProcessGroup(drainTimeoutMs + STOP_GRACE_MS)
  await group.start(count, { [OPTIONS_VARIABLE]: JSON.stringify(options) })
  return group
}

class ProcessGroup implements GatewayProcesses {
  readonly #members: GatewayProcess[] = []
  readonly #stopWithinMs: number
  readonly #failed = Promise.withResolvers<GatewayError>()
  #closing: Promise<void> | undefined
  #url = ''

  constructor(stopWithinMs: number) {
    this.#stopWithinMs = stopWithinMs
  }

  get url(): string {
    return this.#url
  }

  get failed(): Promise<GatewayError> {
    return this.#failed.promise
  }

  async start(count: number, env: Readonly<Record<string, string>>): Promise<void> {
    // However this process ends, unless it is killed itself, and however early, it leaves none of them.
    process.once('exit', this.#killAll)
    try {
      for (let index = 0; index < count; index++) this.#add(new GatewayProcess(env))
      this.#url = await Promise.race([this.#open(), this.failed.then((error) => Promise.reject(error))])
    } catch (error) {
      // Nothing was promised to anybody yet, so only why it began counts, not how the others end.
      await this.close().catch(() => undefined)
      throw error
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#stopAll()
    return this.#closing
  }

  #add(member: GatewayProcess): void {
    this.#members.push(member)
    void member.ended.then((how) => {
      if (this.#closing === undefined) this.#failed.resolve(endedByItself(member, how))
    })
  }

  /** Each knows all others before the first of them listens: a request may come to any of them, for a session of any other. */
  async #open(): Promise<string> {
    const ports = await Promise.all(
      this.#members.map(async ({ number, privatePort }) => [number, await privatePort] as const),
    )
    for (const member of this.#members) member.tell({ type: 'peers', ports })
    const [url = ''] = await Promise.all(this.#members.map((member) => member.url))
    return url
  }

  async #stopAll(): Promise<void> {
    const problems = await Promise.all(this.#members.map((member) => member.stop(this.#stopWithinMs)))
    process.off('exit', this.#killAll)
    const problem = problems.filter((text) => text !== undefined).join('; ')
    if (problem === '') return
    const remedy = 'what was under way there is lost; its own message above, if there is one, says why'
    throw new GatewayError({ code: 'PROCESS_ENDED', problem, remedy })
  }

  readonly #killAll = (): void => {
    for (const member of this.#members) member.kill()
  }
}

function endedByItself({ number, isReady }: GatewayProcess, how: string): GatewayError {
  if (!isReady) {
    const problem = `process ${number} of the gateway did not start (${how})`
    return new GatewayError({ code: 'PROCESS_NOT_STARTED', problem, remedy: 'its own message above says why' })
  }
  const problem = `process ${number} of the gateway has ended by itself (${how}), and all others end with it`
  const remedy = 'its own message above, if there is one, says why'
  return new GatewayError({ code: 'PROCESS_ENDED', problem, remedy })
}
