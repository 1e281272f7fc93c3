import { readdir } from 'node:fs/promises'
import type {
  AgentIdentity,
  AgentMemory,
  AgentSample,
  AllocationProfile,
  HeapSample,
  WrittenSnapshot,
} from './agent/messages.ts'
import {
  allocationsSchema,
  handlesSchema,
  heapSchema,
  identitySchema,
  memorySchema,
  nothingSchema,
  sampleSchema,
  snapshotSchema,
} from './agent-answers.ts'
import { AgentConnection } from './agent-connection.ts'
import type { AgentFolder, AgentSocket } from './agent-folder.ts'
import { chooseProcess, type Wanted } from './choose-process.ts'

/** A process that is ready to be asked turns its event loop within this time; one that waits for a child may never. */
const GREETING_MS = 2_000

/** The agent in the process of a target that answers requests. */
export class TargetAgent {
  readonly process: AgentIdentity
  /** whether it is the process that was started itself, and not one below it */
  readonly isStarted: boolean
  /** how many other processes of the target listened on the same port when it was ready, and are not in these figures */
  readonly others: number
  readonly #connection: AgentConnection
  readonly #folder: AgentFolder
  readonly #wanted: Wanted

  private constructor({ identity, connection }: Greeted, folder: AgentFolder, wanted: Wanted, others: number) {
    this.process = identity
    this.isStarted = identity.pid === wanted.startedPid
    this.#folder = folder
    this.#wanted = wanted
    this.others = others
    this.#connection = connection
  }

  /** @returns the reason why there is none, if so */
  static async find(folder: AgentFolder, wanted: Wanted): Promise<TargetAgent | string> {
    const found = await greetAll(folder)
    const choice = chooseProcess(
      found.map(({ identity }) => identity),
      wanted,
    )
    const chosen = typeof choice === 'string' ? undefined : found.find(({ identity }) => identity.pid === choice.pid)
    for (const { connection } of found) if (connection !== chosen?.connection) connection.close()
    if (typeof choice === 'string') return choice
    if (chosen === undefined) return 'it has ended'
    return new TargetAgent(chosen, folder, wanted, choice.others)
  }

  /** Where its socket is, and snapshots are written. */
  get folder(): string {
    return this.#folder.path
  }

  /** How many others listen there by now: a target is ready when the first of a cluster's workers is. */
  async countOthers(): Promise<number> {
    const found = await greetAll(this.#folder)
    for (const { connection } of found) connection.close()
    const choice = chooseProcess(
      found.map(({ identity }) => identity),
      this.#wanted,
    )
    return typeof choice === 'string' ? this.others : choice.others
  }

  /**
   * What the process went through since the last sample; the first one begins it.
   *
   * @throws {PerfKitError} `AGENT_FAILED` when the process has ended, or the agent was closed
   */
  async sample({ restart = false }: { readonly restart?: boolean } = {}): Promise<AgentSample> {
    return await this.#connection.ask({ ask: 'sample', restart }, sampleSchema())
  }

  /**
   * What the process keeps, and what full collections have left since the last time; the first one begins it. None is asked for.
   *
   * @param restart - begin anew: what was collected before is not told
   * @throws {PerfKitError} `AGENT_FAILED` when the process has ended, or the agent was closed
   */
  async heap({ restart = false }: { readonly restart?: boolean } = {}): Promise<HeapSample> {
    return await this.#connection.ask({ ask: 'heap', restart }, heapSchema())
  }

  /**
   * Look for collections no more: nothing of the watch is left in the process.
   *
   * @throws {PerfKitError} `AGENT_FAILED` when the process has ended, or the agent was closed
   */
  async endHeap(): Promise<void> {
    await this.#connection.ask({ ask: 'heapEnd' }, nothingSchema())
  }

  /** What keeps its event loop alive: how many of each kind. With thousands of them the target stands still for a millisecond. */
  async handles(): Promise<Readonly<Record<string, number>>> {
    return await this.#connection.ask({ ask: 'handles' }, handlesSchema())
  }

  /**
   * Collect all garbage now, and tell what is left. The target stands still meanwhile.
   *
   * @throws {PerfKitError} `AGENT_FAILED` when it runs without `--expose-gc`
   */
  async collectGarbage(): Promise<AgentMemory> {
    return await this.#connection.ask({ ask: 'collect' }, memorySchema())
  }

  /**
   * Note who allocates what, from now on until `stopAllocations`: one object in `intervalBytes`, for which the target looks at its stack (some µs).
   *
   * @throws {PerfKitError} `AGENT_FAILED` when somebody does already
   */
  async startAllocations({ intervalBytes, withGarbage = false }: AllocationWish): Promise<void> {
    await this.#connection.ask({ ask: 'allocations', step: 'start', intervalBytes, withGarbage }, nothingSchema())
  }

  /** What was allocated since then, and is there after all garbage was collected; the target stands still for that. */
  async allocations(): Promise<AllocationProfile> {
    return await this.#connection.ask({ ask: 'allocations', step: 'profile' }, allocationsSchema())
  }

  async stopAllocations(): Promise<void> {
    await this.#connection.ask({ ask: 'allocations', step: 'stop' }, nothingSchema())
  }

  /**
   * Write what is on the heap into a file beside the agent's socket, which is removed when the target is stopped. The target stands still
   * meanwhile, for seconds, and takes up to ten times its heap in memory.
   *
   * @param name - letters and digits, and `.heapsnapshot`
   */
  async writeHeapSnapshot(name: string): Promise<WrittenSnapshot> {
    return await this.#connection.ask({ ask: 'snapshot', file: name }, snapshotSchema())
  }

  /**
   * Open file descriptors; undefined where the system does not tell (Linux does). Counted from outside: with 8000 of them the
   * target itself would stand still for 6 ms.
   */
  async openFiles(): Promise<number | undefined> {
    return await readdir(`/proc/${this.process.pid}/fd`).then(
      ({ length }) => length,
      () => undefined,
    )
  }

  close(): void {
    this.#connection.close()
  }
}

export interface AllocationWish {
  readonly intervalBytes: number
  /** tell what has become garbage as well; otherwise that is collected before each profile */
  readonly withGarbage?: boolean
}

interface Greeted {
  readonly identity: AgentIdentity
  readonly connection: AgentConnection
}

async function greetAll(folder: AgentFolder): Promise<readonly Greeted[]> {
  const greeted = await Promise.all((await folder.sockets()).map((socket) => greet(socket, folder.token)))
  return greeted.filter((each) => each !== undefined)
}

async function greet({ path }: AgentSocket, token: string): Promise<Greeted | undefined> {
  const connection = new AgentConnection(path)
  const impatience = setTimeout(() => connection.close(), GREETING_MS)
  try {
    return { identity: await connection.ask({ ask: 'hello', token }, identitySchema()), connection }
  } catch {
    // It has ended, or waits for a child with its event loop standing still.
    connection.close()
    return undefined
  } finally {
    clearTimeout(impatience)
  }
}
