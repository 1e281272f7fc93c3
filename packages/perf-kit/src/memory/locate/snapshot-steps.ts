import { constants } from 'node:fs'
import { chmod, copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TargetAgent } from '../../target/index.ts'
import { diffHeapSnapshots } from '../snapshot/heap-diff.ts'
import type { HeapString } from '../snapshot/heap-strings.ts'
import type { RetainerPath } from '../snapshot/retainer-paths.ts'
import { type KeptClass, keptClasses } from './kept-classes.ts'
import { roomProblem } from './snapshot-room.ts'

const SNAPSHOTS = 3
/** For its owner alone: all strings of the heap are in it. */
const OWNER_ONLY = 0o600
/** Longer than servers keep a connection that nobody uses; sockets that are still there then stay. */
const QUIET_MS = 6_000
const ASK_EVERY_MS = 100

export interface SnapshotOptions {
  /** make them, and tell how many there were when all have ended */
  readonly makeRequests: () => Promise<number>
  readonly memoryBytes?: number
  /** a folder that they are kept in; otherwise they are removed */
  readonly keepIn?: string
  /** tell the largest new strings, and keys on paths */
  readonly withStrings?: boolean
  readonly signal?: AbortSignal
}

/** What requests leave on the heap, and what keeps it. */
export interface KeptObjects {
  /** between each snapshot and the next */
  readonly requests: readonly number[]
  /** those with most bytes first */
  readonly classes: readonly KeptClass[]
  readonly paths: readonly RetainerPath[]
  readonly newStrings?: readonly HeapString[]
  /** the snapshots, where they were to be kept */
  readonly files: readonly string[]
  /** why they are not, if so */
  readonly notKept?: string
  /** for how long the target stood still for them, in ns */
  readonly stoodStillNs: number
}

/** Three snapshots, each after as many requests, while nothing is asked; or why there are none. */
export async function compareSnapshots(agent: TargetAgent, options: SnapshotOptions): Promise<KeptObjects | string> {
  const taken: Taken[] = []
  try {
    for (let number = 1; number <= SNAPSHOTS; number++) {
      const problem = await takeOne(agent, number, options, taken)
      if (problem !== undefined) return problem
    }
    return await compared(agent, taken, options)
  } catch (error) {
    // Whatever else was found out is worth telling.
    return error instanceof Error ? error.message : String(error)
  } finally {
    await Promise.all(taken.map(({ file }) => rm(file, { force: true })))
  }
}

interface Taken {
  readonly file: string
  /** that were made before it */
  readonly requests: number
  readonly tookNs: number
}

/** @returns why it was not taken, if so */
async function takeOne(
  agent: TargetAgent,
  number: number,
  { makeRequests, memoryBytes, keepIn, signal }: SnapshotOptions,
  taken: Taken[],
): Promise<string | undefined> {
  const before = await countHandles(agent)
  const requests = await makeRequests()
  if (signal?.aborted === true) return 'it was interrupted'
  await untilQuiet(agent, before)
  const { memory } = await agent.heap()
  const folders = [agent.folder, ...(keepIn === undefined ? [] : [keepIn])]
  const room = { folders, ...(memoryBytes === undefined ? {} : { memoryBytes }) }
  const problem = await roomProblem(memory.heapUsedBytes, room)
  if (problem !== undefined) return problem
  const { file, tookNs } = await agent.writeHeapSnapshot(`${agent.process.pid}-${number}.heapsnapshot`)
  taken.push({ file, requests, tookNs })
  await chmod(file, OWNER_ONLY)
  return undefined
}

async function compared(
  agent: TargetAgent,
  taken: readonly Taken[],
  { keepIn, withStrings = false }: SnapshotOptions,
): Promise<KeptObjects> {
  const requests = taken.slice(1).map((snapshot) => snapshot.requests)
  const diff = await diffHeapSnapshots(
    taken.map(({ file }) => file),
    { withPaths: true, withStrings },
  )
  const classes = keptClasses(diff, requests)
  const names = new Set(classes.map(({ name }) => name))
  return {
    requests,
    classes,
    paths: (diff.paths ?? []).filter(({ name }) => names.has(name)),
    ...(diff.newStrings === undefined ? {} : { newStrings: diff.newStrings }),
    ...(keepIn === undefined ? { files: [] } : await keep(agent, taken, keepIn)),
    stoodStillNs: taken.reduce((sum, { tookNs }) => sum + tookNs, 0),
  }
}

/** Beside those of another time, in the same way: in a container each target has the same number. */
async function keep(
  { process }: TargetAgent,
  taken: readonly Taken[],
  folder: string,
): Promise<Pick<KeptObjects, 'files' | 'notKept'>> {
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const kept: string[] = []
  try {
    for (const [index, { file }] of taken.entries()) {
      const name = join(folder, `${time}-${process.pid}-${index + 1}.heapsnapshot`)
      // Its mode is that of the file.
      await copyFile(file, name, constants.COPYFILE_EXCL)
      kept.push(name)
      await chmod(name, OWNER_ONLY)
    }
    return { files: kept }
  } catch (error) {
    return { files: kept, notKept: error instanceof Error ? error.message : String(error) }
  }
}

/** Connections and timers of requests come and go: none of them should be in one snapshot and not in another. */
async function untilQuiet(agent: TargetAgent, before: number): Promise<void> {
  const untilMs = performance.now() + QUIET_MS
  while (performance.now() < untilMs && (await countHandles(agent)) > before) await sleep(ASK_EVERY_MS)
}

async function countHandles(agent: TargetAgent): Promise<number> {
  return Object.values(await agent.handles()).reduce((sum, count) => sum + count, 0)
}
