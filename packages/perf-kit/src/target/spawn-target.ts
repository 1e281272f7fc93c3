import { type ChildProcess, spawn } from 'node:child_process'
import { PerfKitError } from '../errors/index.ts'
import type { AgentFolder } from './agent-folder.ts'
import { EndWatch, type SnapshotPlace } from './end-watch.ts'
import { GroupKeeper } from './group-keeper.ts'
import { snapshotFolder, snapshotOptions, snapshotsIn } from './limit-snapshots.ts'
import { OutputTail } from './output-tail.ts'
import type { TargetOptions } from './target-options.ts'

/** A process that has begun, and may not be ready yet. */
export interface SpawnedTarget {
  readonly child: ChildProcess
  readonly pid: number
  /** of both streams */
  readonly tail: OutputTail
  readonly end: EndWatch
  readonly keeper: GroupKeeper | undefined
}

/** @throws {PerfKitError} `TARGET_NOT_STARTED` when there is no such program */
export async function spawnTarget(options: TargetOptions, agents: AgentFolder | undefined): Promise<SpawnedTarget> {
  const { command, cwd } = options
  const snapshots = await snapshotPlace(options)
  const tail = new OutputTail()
  // Before what it keeps: this process may be killed at any time.
  const keeper = options.isKept === true && process.platform !== 'win32' ? new GroupKeeper(agents?.path) : undefined
  const [program = '', ...args] = keeper === undefined ? command : GroupKeeper.announced(command)
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', ...(keeper === undefined ? [] : [keeper.pipe])],
    detached: process.platform !== 'win32',
    env: environmentOf(options, agents, snapshots?.folder),
    ...(cwd === undefined ? {} : { cwd }),
  })
  child.stdout?.on('data', (chunk: Buffer) => tail.add(chunk))
  child.stderr?.on('data', (chunk: Buffer) => tail.add(chunk))
  const end = new EndWatch(child, snapshots)
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => {
      keeper?.release()
      reject(notStarted(`${program} cannot be started: ${cause.message}`, 'Is it installed, and on the PATH?', cause))
    })
  })
  return { child, pid: child.pid ?? 0, tail, end, keeper }
}

export function notStarted(message: string, remedy: string, cause?: unknown): PerfKitError {
  return new PerfKitError('TARGET_NOT_STARTED', message, { remedy, ...(cause === undefined ? {} : { cause }) })
}

function environmentOf(
  { env, traceable }: TargetOptions,
  agents: AgentFolder | undefined,
  snapshots: string | undefined,
): NodeJS.ProcessEnv {
  const outer = { ...process.env, ...env }
  const options = [outer['NODE_OPTIONS'] ?? '', ...(snapshots === undefined ? [] : [snapshotOptions(snapshots)])]
  const nodeOptions = options.filter((option) => option !== '').join(' ')
  const whole = nodeOptions === '' ? outer : { ...outer, NODE_OPTIONS: nodeOptions }
  return { ...whole, ...agents?.environment(nodeOptions, traceable) }
}

async function snapshotPlace({ snapshotAtLimit }: TargetOptions): Promise<SnapshotPlace | undefined> {
  if (snapshotAtLimit === undefined) return undefined
  try {
    const folder = await snapshotFolder(snapshotAtLimit)
    return { folder, before: await snapshotsIn(folder) }
  } catch (cause) {
    const remedy = 'Give a folder that is there, or can be made.'
    throw notStarted(`no heap snapshot could be written to ${snapshotAtLimit}`, remedy, cause)
  }
}
